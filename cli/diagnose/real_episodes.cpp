#include "cli/diagnose/real_episodes.hpp"

#include "actors/observe_row.hpp"

namespace dyna::cli {

diagnostics::Trajectory PlayEpisode(envs::Environment& environment, const nn::Policy& policy,
                                    double epsilon, std::int64_t steps_max, Rng& rng) {
  const EnvSpec& spec = environment.spec();
  std::vector<double> scratch(static_cast<std::size_t>(spec.observation.columns()));
  std::vector<double> action(static_cast<std::size_t>(spec.action.columns()));
  std::vector<RowMatrix> observations(1, RowMatrix(1, spec.observation.columns()));
  std::vector<RowMatrix> actions;
  std::vector<float> rewards;
  environment.Reset(rng);
  actors::ObserveRow(environment, scratch, 0, observations[0]);
  for (std::int64_t t = 0; t < steps_max; ++t) {
    actions.push_back(policy.Act(observations.back(), /*deterministic=*/false, epsilon, rng));
    for (std::size_t j = 0; j < action.size(); ++j) {
      action[j] = static_cast<double>(actions.back()(0, static_cast<Eigen::Index>(j)));
    }
    const envs::StepResult step = environment.Step(action, rng);
    rewards.push_back(static_cast<float>(step.reward));
    actors::ObserveRow(environment, scratch, 0, observations.emplace_back(observations[0]));
    if (step.terminated || step.truncated) break;
  }
  const auto steps = static_cast<Eigen::Index>(rewards.size());
  diagnostics::Trajectory trajectory{
      .obs = RowMatrix(steps + 1, spec.observation.columns()),
      .action = RowMatrix(steps, spec.action.columns()),
      .reward = Eigen::Map<const FloatVector>(rewards.data(), steps)};
  for (Eigen::Index t = 0; t <= steps; ++t) {
    trajectory.obs.row(t) = observations[static_cast<std::size_t>(t)];
    if (t < steps) trajectory.action.row(t) = actions[static_cast<std::size_t>(t)];
  }
  return trajectory;
}

}  // namespace dyna::cli
