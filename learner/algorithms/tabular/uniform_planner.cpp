#include "learner/algorithms/tabular/uniform_planner.hpp"

#include <cmath>
#include <string>
#include <utility>

#include "common/core/error.hpp"

namespace dyna::learner::tabular {

UniformPlanner::UniformPlanner(const TabularOptions& options, std::int64_t states,
                               std::int64_t actions, std::uint64_t seed)
    : options_(options),
      actions_(actions),
      plus_(options.method == Method::kDynaQPlus),
      rng_(seed, "tabular_planning"),
      model_(states, actions, options.memory),
      last_tried_(static_cast<std::size_t>(states * actions), 0) {}

void UniformPlanner::Observe(const Step& step, const QTable& q) {
  const std::int64_t pair = q.PairOf(step);
  if (model_.outcomes(pair).empty() && !plus_) candidates_.push_back(pair);
  if (plus_) {
    const std::int64_t first = step.state * actions_;
    bool state_known = false;
    for (std::int64_t a = 0; a < actions_; ++a) {
      state_known = state_known || !model_.outcomes(first + a).empty();
    }
    for (std::int64_t a = 0; a < actions_ && !state_known; ++a) candidates_.push_back(first + a);
  }
  model_.Record(step);
  last_tried_[static_cast<std::size_t>(pair)] = ++clock_;
}

std::int64_t UniformPlanner::Plan(QTable& q) {
  if (candidates_.empty()) return 0;
  for (std::int64_t i = 0; i < options_.planning_steps; ++i) {
    const auto draw = rng_.Below(candidates_.size());
    const std::int64_t pair = candidates_[static_cast<std::size_t>(draw)];
    q.MoveTowards(pair, Target(pair, q), options_.alpha);
  }
  return options_.planning_steps;
}

double UniformPlanner::Target(std::int64_t pair, const QTable& q) const {
  const double target = model_.outcomes(pair).empty()
                            ? options_.gamma * q.Max(pair / actions_)
                            : model_.ExpectedTarget(pair, q, options_.gamma);
  if (!plus_) return target;
  const std::uint64_t tau = clock_ - last_tried_[static_cast<std::size_t>(pair)];
  return target + options_.kappa * std::sqrt(static_cast<double>(tau));
}

void UniformPlanner::Save(StateDict& state) const {
  model_.Save(state);
  state.PutRng("planner/rng", rng_);
  state.Put("planner/candidates", candidates_);
  state.Put("planner/last_tried", last_tried_);
  state.PutScalar("planner/clock", clock_);
}

void UniformPlanner::Load(const StateDict& state) {
  UniformPlanner loaded = *this;
  loaded.model_.Load(state);
  state.GetRng("planner/rng", loaded.rng_);
  loaded.candidates_ = state.Get<std::int64_t>("planner/candidates");
  for (const std::int64_t pair : loaded.candidates_) {
    const bool inside = pair >= 0 && pair < static_cast<std::int64_t>(last_tried_.size());
    if (!inside || (!plus_ && loaded.model_.outcomes(pair).empty())) {
      throw CheckpointError("entry 'planner/candidates' holds " + std::to_string(pair) +
                            ", which the model does not know");
    }
  }
  loaded.clock_ = state.GetScalar<std::uint64_t>("planner/clock");
  state.GetInto("planner/last_tried", std::span(loaded.last_tried_));
  for (const std::uint64_t step : loaded.last_tried_) {
    if (step > loaded.clock_) throw CheckpointError("entry 'planner/last_tried' is in the future");
  }
  *this = std::move(loaded);
}

}  // namespace dyna::learner::tabular
