#include "cli/render/recording.hpp"

#include <cmath>
#include <numeric>

#include "actors/observe_row.hpp"
#include "common/core/check.hpp"

namespace dyna::cli {
namespace {

std::vector<double> RowOf(const RowMatrix& matrix) {
  std::vector<double> row;
  for (Eigen::Index j = 0; j < matrix.cols(); ++j) {
    row.push_back(static_cast<double>(matrix(0, j)));
  }
  return row;
}

}  // namespace

double Episode::episode_return() const {
  return std::accumulate(rewards.begin(), rewards.end(), 0.0);
}

Episode Record(envs::Environment& environment, const nn::Policy& policy, std::int64_t steps_max,
               Rng& rng) {
  const EnvSpec& spec = environment.spec();
  Episode episode;
  RowMatrix obs(1, spec.observation.columns());
  std::vector<double> scratch(static_cast<std::size_t>(spec.observation.columns()));
  const auto look = [&] {
    auto state = environment.Snapshot();
    state.resize(spec.state_names.size());
    episode.states.push_back(std::move(state));
    if (auto picture = environment.Render()) episode.pictures.push_back(std::move(*picture));
    actors::ObserveRow(environment, scratch, 0, obs);
    episode.obs.push_back(RowOf(obs));
  };
  look();
  for (std::int64_t t = 0; t < steps_max; ++t) {
    const auto action = RowOf(policy.Act(obs, /*deterministic=*/true, /*epsilon=*/0.0, rng));
    environment.Announce(action);
    const envs::StepResult step = environment.Step(action, rng);
    episode.actions.push_back(action);
    episode.rewards.push_back(step.reward);
    look();
    if (step.terminated || step.truncated) break;
  }
  return episode;
}

double Distance(std::span<const double> a, std::span<const double> b) {
  DYNA_CHECK(a.size() == b.size() && !a.empty());
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(sum / static_cast<double>(a.size()));
}

}  // namespace dyna::cli
