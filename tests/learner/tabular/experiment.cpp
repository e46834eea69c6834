#include "tests/learner/tabular/experiment.hpp"

#include "common/core/check.hpp"
#include "common/nn/policy.hpp"
#include "learner/algorithms/tabular/make_tabular.hpp"
#include "tests/learner/tabular/queue_source.hpp"

namespace dyna::learner::tabular {

std::unique_ptr<Algorithm> MakeLearner(const std::string& learner_toml, const World& world,
                                       std::uint64_t seed) {
  Config config = Config::FromText("[learner]\n" + learner_toml, "test.toml");
  auto learner = MakeTabular(config, world.spec(), seed);
  config.RequireAllKeysUsed();
  return learner;
}

std::vector<double> TableOf(const Algorithm& learner) {
  StateDict state;
  learner.Save(state);
  return state.Get<double>("q");
}

double LossOf(const Algorithm& learner, const std::string& name) {
  for (const auto& [loss, value] : learner.LastLosses()) {
    if (loss == name) return value;
  }
  DYNA_CHECK_MSG(false, name);
  return 0.0;
}

bool Experiment::Step(const World& world) {
  if (state_ < 0) state_ = world.start();
  const nn::Policy policy(learner_.ActWeights());
  const RowMatrix obs = RowMatrix::Constant(1, 1, static_cast<float>(state_));
  const float action = policy.Act(obs, /*deterministic=*/false, epsilon_, rng_)(0, 0);
  const auto step = world.Sample(state_, static_cast<std::int64_t>(action), rng_);
  QueueSource source;
  source.Push(step);
  DYNA_CHECK(learner_.Update(source).ok());
  state_ = step.terminated ? -1 : step.next_state;
  reward_sum_ += step.reward;
  return step.terminated;
}

std::int64_t Experiment::Episode(const World& world, std::int64_t steps_max) {
  for (std::int64_t steps = 1; steps <= steps_max; ++steps) {
    if (Step(world)) return steps;
  }
  return steps_max;
}

}  // namespace dyna::learner::tabular
