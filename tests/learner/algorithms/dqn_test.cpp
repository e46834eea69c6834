#include "learner/algorithms/dqn.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "common/nn/policy.hpp"
#include "tests/learner/algorithms/fake_batch_source.hpp"

namespace dyna::learner {
namespace {

constexpr TransitionShape kShape = {4, 1};

EnvSpec Spec() {
  return {.name = "Test-v0",
          .observation = Space::Box({-9, -9, -9, -9}, {9, 9, 9, 9}),
          .action = Space::Discrete(3)};
}

DqnAlgorithm::Options Small() { return {.hidden = {16, 12}, .target_update_interval = 3}; }

FakeBatchSource Source(std::uint64_t seed) {
  return FakeBatchSource(
      [rng = Rng(seed, "test")]() mutable { return RandomBatch(rng, 16, kShape, 3); });
}

StateDict Saved(const Algorithm& algorithm) {
  StateDict state;
  algorithm.Save(state);
  return state;
}

TEST(DqnAlgorithmTest, ALoadedLearnerContinuesBitForBit) {
  DqnAlgorithm one(Spec(), Small(), 1);
  auto data = Source(1);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(one.Update(data).ok());
  DqnAlgorithm two(Spec(), Small(), 999);
  two.Load(Saved(one));
  EXPECT_EQ(two.LastLosses(), one.LastLosses());
  auto same_data = data;
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(one.Update(data).ok());
    ASSERT_TRUE(two.Update(same_data).ok());
  }
  EXPECT_EQ(Saved(one), Saved(two));
}

TEST(DqnAlgorithmTest, AFailingSourceChangesNothing) {
  DqnAlgorithm dqn(Spec(), Small(), 1);
  const StateDict before = Saved(dqn);
  auto data = Source(1);
  data.blocked = true;
  EXPECT_FALSE(dqn.Update(data).ok());
  EXPECT_EQ(Saved(dqn), before);
  data.blocked = false;
  data.deaf = true;
  EXPECT_FALSE(dqn.Update(data).ok());
  EXPECT_EQ(Saved(dqn), before);
}

TEST(DqnAlgorithmTest, APoisonedRewardIsCaughtBeforeItChangesAnything) {
  for (const float reward : {1e15F, -1e15F, std::numeric_limits<float>::quiet_NaN()}) {
    SCOPED_TRACE(reward);
    DqnAlgorithm dqn(Spec(), Small(), 1);
    const StateDict before = Saved(dqn);
    auto poisoned = FakeBatchSource([reward, rng = Rng(2, "test")]() mutable {
      SampleBatch batch = RandomBatch(rng, 16, kShape, 3);
      batch.rows.reward[3] = reward;
      return batch;
    });
    EXPECT_THROW((void)dqn.Update(poisoned), DivergenceError);
    EXPECT_TRUE(poisoned.priorities.empty());
    EXPECT_EQ(Saved(dqn), before);
  }
}

TEST(DqnAlgorithmTest, TheTargetNetMovesEveryIntervalUpdates) {
  DqnAlgorithm dqn(Spec(), Small(), 1);
  auto data = Source(1);
  const StateDict start = Saved(dqn);
  for (int update = 1; update <= 6; ++update) {
    SCOPED_TRACE(update);
    const StateDict before = Saved(dqn);
    ASSERT_TRUE(dqn.Update(data).ok());
    const StateDict after = Saved(dqn);
    EXPECT_EQ(after.Sub("target/"), update % 3 == 0 ? after.Sub("online/") : before.Sub("target/"));
    EXPECT_NE(after.Sub("online/"), before.Sub("online/"));
  }
}

// Q(s, a) of the net that acts, by Eigen: an oracle that shares no code with torch.
double Value(const nn::PolicyWeights& weights, const RowMatrix& obs, Eigen::Index row,
             Eigen::Index action) {
  Eigen::VectorXf x = obs.row(row).transpose();
  for (std::size_t l = 0; l < weights.layers.size(); ++l) {
    x = weights.layers[l].weight * x + weights.layers[l].bias;
    if (l + 1 < weights.layers.size()) x = x.cwiseMax(0.0F);
  }
  return x[action];
}

TEST(DqnAlgorithmTest, PrioritiesAreTheAbsoluteTdErrors) {
  for (const bool double_dqn : {false, true}) {
    DqnAlgorithm::Options options = Small();
    options.double_dqn = double_dqn;
    options.gamma = 0.9;
    DqnAlgorithm dqn(Spec(), options, 2);  // target and online still agree: both targets are max
    Rng rng(2, "test");
    SampleBatch batch = RandomBatch(rng, 16, kShape, 3);
    batch.rows.truncated.setOnes();  // a time limit never cuts the bootstrap
    batch.rows.terminated[0] = 1.0F;
    const nn::PolicyWeights weights = dqn.ActWeights();
    FakeBatchSource data([&] { return batch; });
    data.real_rows_max = 10;
    ASSERT_TRUE(dqn.Update(data).ok());
    ASSERT_EQ(data.priorities.size(), 10U);
    for (Eigen::Index i = 0; i < 10; ++i) {
      double best = -1e9;
      for (Eigen::Index a = 0; a < 3; ++a) {
        best = std::max(best, Value(weights, batch.rows.next_obs, i, a));
      }
      const double target = batch.rows.reward[i] + 0.9 * (1.0 - batch.rows.terminated[i]) * best;
      const auto action = static_cast<Eigen::Index>(batch.rows.action(i, 0));
      EXPECT_NEAR(data.priorities[static_cast<std::size_t>(i)],
                  std::abs(Value(weights, batch.rows.obs, i, action) - target), 1e-5);
    }
  }
}

TEST(DqnAlgorithmTest, ImportanceWeightsScaleTheLoss) {
  const auto loss = [](float weight) {
    DqnAlgorithm dqn(Spec(), Small(), 3);
    FakeBatchSource data([=] {
      Rng rng(3, "test");
      SampleBatch batch = RandomBatch(rng, 16, kShape, 3);
      batch.weights.setConstant(weight);
      return batch;
    });
    EXPECT_TRUE(dqn.Update(data).ok());
    return dqn.LastLosses().front();
  };
  EXPECT_EQ(loss(1.0F).first, "critic_loss");
  EXPECT_GT(loss(1.0F).second, 0.0);
  EXPECT_NEAR(loss(0.5F).second, 0.5 * loss(1.0F).second, 1e-6);
}

TEST(DqnAlgorithmTest, LoadRefusesAnotherNetwork) {
  DqnAlgorithm dqn(Spec(), Small(), 1);
  DqnAlgorithm::Options options = Small();
  options.hidden = {12, 16};
  DqnAlgorithm other(Spec(), options, 1);
  EXPECT_THROW(other.Load(Saved(dqn)), CheckpointError);
}

}  // namespace
}  // namespace dyna::learner
