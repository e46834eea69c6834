#include "learner/algorithms/tabular/sweeping_planner.hpp"

#include <cmath>
#include <string>

#include "common/core/error.hpp"

namespace dyna::learner::tabular {

SweepingPlanner::SweepingPlanner(const TabularOptions& options, std::int64_t states,
                                 std::int64_t actions)
    : options_(options),
      actions_(actions),
      model_(states, actions, options.memory),
      priority_(static_cast<std::size_t>(states * actions), 0.0) {}

void SweepingPlanner::Observe(const Step& step, const QTable& q) {
  model_.Record(step);
  Consider(q.PairOf(step), q);
}

std::int64_t SweepingPlanner::Plan(QTable& q) {
  std::int64_t backups = 0;
  while (backups < options_.planning_steps && !queue_.empty()) {
    const std::int64_t pair = PopGreatest();
    q.MoveTowards(pair, model_.ExpectedTarget(pair, q, options_.gamma), options_.alpha);
    ++backups;
    for (const std::int64_t before : model_.predecessors(pair / actions_)) Consider(before, q);
  }
  return backups;
}

void SweepingPlanner::Consider(std::int64_t pair, const QTable& q) {
  const double error = std::abs(model_.ExpectedTarget(pair, q, options_.gamma) - q.value(pair));
  double& queued = priority_[static_cast<std::size_t>(pair)];
  if (!(error > options_.theta) || error <= queued) return;
  if (queued > 0.0) queue_.erase({-queued, pair});
  queued = error;
  queue_.emplace(-error, pair);
}

std::int64_t SweepingPlanner::PopGreatest() {
  const std::int64_t pair = queue_.begin()->second;
  queue_.erase(queue_.begin());
  priority_[static_cast<std::size_t>(pair)] = 0.0;
  return pair;
}

void SweepingPlanner::Save(StateDict& state) const {
  model_.Save(state);
  state.Put("planner/priority", priority_);
}

void SweepingPlanner::Load(const StateDict& state) {
  SweepingPlanner loaded = *this;
  loaded.model_.Load(state);
  state.GetInto("planner/priority", std::span(loaded.priority_));
  loaded.queue_.clear();
  for (std::size_t i = 0; i < loaded.priority_.size(); ++i) {
    const double priority = loaded.priority_[i];
    const auto pair = static_cast<std::int64_t>(i);
    const bool queued = priority != 0.0;
    if (!std::isfinite(priority) || priority < 0.0 ||
        (queued && loaded.model_.outcomes(pair).empty())) {
      throw CheckpointError("entry 'planner/priority' holds " + std::to_string(priority) +
                            " for pair " + std::to_string(i));
    }
    if (queued) loaded.queue_.emplace(-priority, pair);
  }
  *this = std::move(loaded);
}

}  // namespace dyna::learner::tabular
