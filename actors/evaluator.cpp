#include "actors/evaluator.hpp"

#include <cmath>
#include <numeric>
#include <utility>

#include "actors/observe_row.hpp"
#include "common/core/check.hpp"

namespace dyna::actors {

double Evaluation::return_mean() const {
  return std::accumulate(returns.begin(), returns.end(), 0.0) / static_cast<double>(returns.size());
}

double Evaluation::return_std() const {
  const double mean = return_mean();
  double sum = 0.0;
  for (const double value : returns) sum += (value - mean) * (value - mean);
  return std::sqrt(sum / static_cast<double>(returns.size()));
}

Evaluator::Evaluator(const Options& options,
                     std::vector<std::unique_ptr<envs::Environment>> environments)
    : options_(options), environments_(std::move(environments)) {
  DYNA_CHECK(options_.episodes == static_cast<std::int64_t>(environments_.size()));
}

Evaluation Evaluator::Evaluate(const nn::Policy& policy, std::uint64_t number,
                               std::span<const double> world) {
  Rng rng(options_.seed, "evaluator", number);
  const auto count = environments_.size();
  Evaluation result{.returns = std::vector<double>(count),
                    .steps = std::vector<std::int64_t>(count)};
  std::vector<std::size_t> active(count);
  std::iota(active.begin(), active.end(), std::size_t{0});
  for (auto& environment : environments_) {
    if (!world.empty()) environment->Restore(world);
    environment->Reset(rng);
  }
  const EnvSpec& spec = environments_[0]->spec();
  std::vector<double> scratch(static_cast<std::size_t>(spec.observation.columns()));
  std::vector<double> action(static_cast<std::size_t>(spec.action.columns()));
  for (std::int64_t t = 0; t < options_.steps_max && !active.empty(); ++t) {
    RowMatrix obs(static_cast<Eigen::Index>(active.size()), spec.observation.columns());
    for (std::size_t k = 0; k < active.size(); ++k) {
      ObserveRow(*environments_[active[k]], scratch, static_cast<Eigen::Index>(k), obs);
    }
    const RowMatrix actions = policy.Act(obs, /*deterministic=*/true, /*epsilon=*/0.0, rng);
    const auto read = [&](std::size_t k) {
      for (std::size_t j = 0; j < action.size(); ++j) {
        action[j] = static_cast<double>(
            actions(static_cast<Eigen::Index>(k), static_cast<Eigen::Index>(j)));
      }
      return std::span<const double>(action);
    };
    for (std::size_t k = 0; k < active.size(); ++k) environments_[active[k]]->Announce(read(k));
    std::vector<std::size_t> still;
    for (std::size_t k = 0; k < active.size(); ++k) {
      const std::size_t i = active[k];
      const envs::StepResult step = environments_[i]->Step(read(k), rng);
      result.returns[i] += step.reward;
      ++result.steps[i];
      if (!step.terminated && !step.truncated) still.push_back(i);
    }
    active = std::move(still);
  }
  return result;
}

}  // namespace dyna::actors
