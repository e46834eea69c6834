#include "learner/algorithms/tabular/tabular_agent.hpp"

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "common/core/error.hpp"
#include "learner/algorithms/tabular/sweeping_planner.hpp"
#include "learner/algorithms/tabular/uniform_planner.hpp"

namespace dyna::learner::tabular {
namespace {

/// Rows read at once: bounds the memory of an update that follows many random steps.
constexpr std::int64_t kRowsMax = 4096;

/// The index in `value`, or -1 when it is none of 0 .. n-1.
std::int64_t IndexOf(float value, std::int64_t n) {
  const bool index = value >= 0.0F && value < static_cast<float>(n) && value == std::floor(value);
  return index ? static_cast<std::int64_t>(value) : -1;
}

Result<std::vector<Step>> ToSteps(const TransitionBatch& rows, std::int64_t states,
                                  std::int64_t actions) {
  if (rows.size() > 0 && rows.shape() != TransitionShape{1, 1}) {
    return Error{ErrorCode::kMalformed, "rows of a tabular learner are not one index each"};
  }
  std::vector<Step> steps;
  for (Eigen::Index i = 0; i < rows.size(); ++i) {
    const Step step{.state = IndexOf(rows.obs(i, 0), states),
                    .action = IndexOf(rows.action(i, 0), actions),
                    .reward = static_cast<double>(rows.reward[i]),
                    .next_state = IndexOf(rows.next_obs(i, 0), states),
                    .terminated = rows.terminated[i] != 0.0F};
    if (step.state < 0 || step.action < 0 || step.next_state < 0 || !std::isfinite(step.reward)) {
      return Error{ErrorCode::kMalformed, "row " + std::to_string(i) + " of " +
                                              std::to_string(rows.size()) +
                                              " is not a state, action, reward and next state"};
    }
    steps.push_back(step);
  }
  return steps;
}

std::unique_ptr<Planner> MakePlanner(const TabularOptions& options, const QTable& q,
                                     std::uint64_t seed) {
  switch (options.method) {
    case Method::kQLearning:
      break;
    case Method::kDynaQ:
    case Method::kDynaQPlus:
      return std::make_unique<UniformPlanner>(options, q.states(), q.actions(), seed);
    case Method::kPrioritizedSweeping:
      return std::make_unique<SweepingPlanner>(options, q.states(), q.actions());
  }
  return nullptr;
}

}  // namespace

TabularAgent::TabularAgent(const TabularOptions& options, std::int64_t states, std::int64_t actions,
                           std::uint64_t seed)
    : options_(options), q_(states, actions), planner_(MakePlanner(options, q_, seed)) {}

Status TabularAgent::Update(BatchSource& source) {
  const auto rows = source.ReadNew(kRowsMax);
  if (!rows.ok()) return rows.error();
  const auto steps = ToSteps(rows.value(), q_.states(), q_.actions());
  if (!steps.ok()) return steps.error();
  if (steps.value().empty()) return Done{};
  double squares = 0.0;
  for (const Step& step : steps.value()) {
    const double td_error = Learn(step);
    squares += td_error * td_error;
  }
  critic_loss_ = squares / static_cast<double>(steps.value().size());
  return Done{};
}

double TabularAgent::Learn(const Step& step) {
  // 1. Learn from the real step.
  const std::int64_t pair = q_.PairOf(step);
  const double target = q_.Target(step, options_.gamma);
  const double td_error = target - q_.value(pair);
  ++real_steps_;
  if (options_.method != Method::kPrioritizedSweeping) {
    q_.MoveTowards(pair, target, options_.alpha);
  }
  if (planner_ == nullptr) return td_error;
  // 2. Learn the model.
  planner_->Observe(step, q_);
  // 3. Plan.
  planning_updates_ += planner_->Plan(q_);
  return td_error;
}

Losses TabularAgent::LastLosses() const {
  const std::int64_t pairs = planner_ == nullptr ? 0 : planner_->pairs_known();
  return {{"critic_loss", critic_loss_},
          {"planning_updates", static_cast<double>(planning_updates_)},
          {"real_steps", static_cast<double>(real_steps_)},
          {"model_pairs", static_cast<double>(pairs)}};
}

void TabularAgent::Save(StateDict& state) const {
  state.PutString("algorithm", TabularAlgorithms()[static_cast<std::size_t>(options_.method)]);
  state.Put("q", q_.values(), {q_.states(), q_.actions()});
  state.PutScalar("critic_loss", critic_loss_);
  state.PutScalar("real_steps", real_steps_);
  state.PutScalar("planning_updates", planning_updates_);
  if (planner_ != nullptr) planner_->Save(state);
}

void TabularAgent::Load(const StateDict& state) {
  const std::string mine = TabularAlgorithms()[static_cast<std::size_t>(options_.method)];
  const std::string theirs = state.GetString("algorithm");
  if (theirs != mine) {
    throw CheckpointError("entry 'algorithm' is '" + theirs + "', but this run uses '" + mine +
                          "'");
  }
  if (state.Raw("q").shape != std::vector<std::int64_t>{q_.states(), q_.actions()}) {
    throw CheckpointError("entry 'q' is not a table of " + std::to_string(q_.states()) +
                          " states and " + std::to_string(q_.actions()) + " actions");
  }
  auto values = state.Get<double>("q");
  const auto critic_loss = state.GetScalar<double>("critic_loss");
  const auto real_steps = state.GetScalar<std::int64_t>("real_steps");
  const auto planning_updates = state.GetScalar<std::int64_t>("planning_updates");
  if (planner_ != nullptr) planner_->Load(state);  // the last that can throw
  q_.set_values(std::move(values));
  critic_loss_ = critic_loss;
  real_steps_ = real_steps;
  planning_updates_ = planning_updates;
}

}  // namespace dyna::learner::tabular
