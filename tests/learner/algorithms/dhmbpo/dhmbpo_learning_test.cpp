// Every variant finds the best policy of a chain whose model is exact.
#include <gtest/gtest.h>

#include <cmath>

#include "common/nn/policy.hpp"
#include "learner/algorithms/dhmbpo/dhmbpo_algorithm.hpp"
#include "tests/learner/algorithms/dhmbpo/linear_world.hpp"
#include "tests/learner/algorithms/fake_batch_source.hpp"

namespace dyna::learner::dhmbpo {
namespace {

/// Real steps of the chain  s' = s + a / 2,  r = -s^2, from anywhere in [-1, 1].
class Chain : public FakeBatchSource {
 public:
  Chain() : FakeBatchSource([this] { return Draw(64); }), rng_(1, "chain") {}
  Result<TransitionBatch> ReadNew(std::int64_t) override {
    if (read_) return TransitionBatch{};
    read_ = true;
    return Draw(64).rows;
  }

 private:
  SampleBatch Draw(std::int64_t rows) {
    TransitionBatch batch = TransitionBatch::Zeros(rows, {1, 1});
    for (std::int64_t i = 0; i < rows; ++i) {
      batch.obs(i, 0) = static_cast<float>(rng_.Uniform(-1.0, 1.0));
      batch.action(i, 0) = static_cast<float>(rng_.Uniform(-1.0, 1.0));
      batch.next_obs(i, 0) = batch.obs(i, 0) + 0.5F * batch.action(i, 0);
      batch.reward[i] = -batch.obs(i, 0) * batch.obs(i, 0);
    }
    return UniformBatch(std::move(batch));
  }

  Rng rng_;
  bool read_ = false;
};

double LargestError(const Options& options, int updates) {
  auto world = std::make_unique<LinearWorld>();
  world->gain = 0.5;
  DhmbpoAlgorithm learner({.name = "Chain",
                           .observation = Space::Box({-1.0}, {1.0}),
                           .action = Space::Box({-1.0}, {1.0})},
                          options, 1, std::move(world));
  Chain chain;
  for (int i = 0; i < updates; ++i) EXPECT_TRUE(learner.Update(chain).ok());
  const nn::Policy policy(learner.ActWeights());
  Rng rng(1, "test");
  double worst = 0.0;
  for (float s = -0.8F; s <= 0.81F; s += 0.1F) {
    RowMatrix obs(1, 1);
    obs << s;
    const double action = policy.Act(obs, /*deterministic=*/true, 0.0, rng)(0, 0);
    // The best action takes s to 0 at once, or as far as the bound lets it.
    worst = std::max(worst, std::abs(std::clamp(-2.0 * s, -1.0, 1.0) - action));
  }
  return worst;
}

Options Base() {
  return {.horizon = 3,
          .actor_horizon = 3,
          .distribution_length = 5,
          .actor_hidden = {32, 32},
          .critic_hidden = {32, 32},
          .critics = 3,
          .learning_rate = 3e-3,
          .gamma = 0.8,
          .alpha = 0.01,
          .target_entropy = -2.0,
          .batch_rows = 64,
          .block_steps = 64};
}

TEST(DhmbpoLearningTest, FindsTheBestActionsOfAChain) {
  EXPECT_LT(LargestError(Base(), 600), 0.25);
}

TEST(DhmbpoLearningTest, FromRealStates) {
  Options options = Base();
  options.distribution_length = 0;
  options.refresh_every = 1;
  EXPECT_LT(LargestError(options, 600), 0.25);
}

TEST(DhmbpoLearningTest, WithValueExpansionOfTheTargetsOnly) {
  Options options = Base();
  options.actor_horizon = 0;
  EXPECT_LT(LargestError(options, 1200), 0.3);
}

TEST(DhmbpoLearningTest, WithTheWholeReturnThroughTheModelAndNoCritic) {
  Options options = Base();
  options.horizon = options.actor_horizon = 10;
  options.critic = false;
  options.critic_warmup_share = 0.0;
  EXPECT_LT(LargestError(options, 600), 0.25);
}

TEST(DhmbpoLearningTest, WithoutAModel) {
  Options options = Base();
  options.horizon = options.actor_horizon = options.distribution_length = 0;
  options.critic_warmup_share = 0.0;
  EXPECT_LT(LargestError(options, 1500), 0.3);
}

}  // namespace
}  // namespace dyna::learner::dhmbpo
