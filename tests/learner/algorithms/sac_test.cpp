#include "learner/algorithms/sac.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <map>
#include <string>

#include "common/nn/policy.hpp"
#include "learner/algorithms/squashed_gaussian.hpp"
#include "tests/learner/algorithms/fake_batch_source.hpp"

namespace dyna::learner {
namespace {

constexpr TransitionShape kShape = {3, 2};

EnvSpec Spec() {
  return {.name = "Test-v0",
          .observation = Space::Box({-9, -9, -9}, {9, 9, 9}),
          .action = Space::Box({-1.0, 2.0}, {3.0, 2.5})};
}

SacAlgorithm::Options Small() { return {.hidden = {24, 16}, .target_entropy = -2.0}; }

FakeBatchSource Source(std::uint64_t seed) {
  return FakeBatchSource([rng = Rng(seed, "test")]() mutable {
    SampleBatch batch = RandomBatch(rng, 16, kShape);
    batch.rows.action.col(0).array() = batch.rows.action.col(0).array() * 2.0F + 1.0F;
    batch.rows.action.col(1).array() = batch.rows.action.col(1).array() * 0.25F + 2.25F;
    return batch;
  });
}

StateDict Saved(const Algorithm& algorithm) {
  StateDict state;
  algorithm.Save(state);
  return state;
}

TEST(SacAlgorithmTest, ALoadedLearnerContinuesBitForBit) {
  for (const bool fixed : {false, true}) {
    SacAlgorithm::Options options = Small();
    if (fixed) options.alpha = 0.2;
    SacAlgorithm one(Spec(), options, 1);
    auto data = Source(1);
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(one.Update(data).ok());
    SacAlgorithm two(Spec(), options, 999);  // another seed: everything must come from the state
    two.Load(Saved(one));
    EXPECT_EQ(two.LastLosses(), one.LastLosses());
    auto same_data = data;
    for (int i = 0; i < 5; ++i) {
      ASSERT_TRUE(one.Update(data).ok());
      ASSERT_TRUE(two.Update(same_data).ok());
    }
    EXPECT_EQ(Saved(one), Saved(two));
    EXPECT_EQ(one.ActWeights().ToStateDict(), two.ActWeights().ToStateDict());
  }
}

TEST(SacAlgorithmTest, SeedsDecideEverything) {
  SacAlgorithm a(Spec(), Small(), 1), b(Spec(), Small(), 1), c(Spec(), Small(), 2);
  EXPECT_EQ(Saved(a), Saved(b));
  EXPECT_NE(Saved(a), Saved(c));
}

TEST(SacAlgorithmTest, AFailingSourceChangesNothing) {
  SacAlgorithm sac(Spec(), Small(), 1);
  auto data = Source(1);
  ASSERT_TRUE(sac.Update(data).ok());
  const StateDict before = Saved(sac);
  data.blocked = true;
  const Status blocked = sac.Update(data);
  ASSERT_FALSE(blocked.ok());
  EXPECT_EQ(blocked.error().code, ErrorCode::kBackpressure);
  EXPECT_EQ(Saved(sac), before);
  data.blocked = false;
  data.deaf = true;
  EXPECT_FALSE(sac.Update(data).ok());
  EXPECT_EQ(Saved(sac), before);
}

// The torch side of the policy, read back from the saved weights.
at::Tensor PolicyOutput(const StateDict& state, const at::Tensor& obs) {
  at::Tensor x = obs;
  for (int l = 0; l < 3; ++l) {
    const auto tensor = [&](const std::string& name) {
      const auto values = state.Get<float>(name);
      return torch::tensor(values).view(state.Raw(name).shape);
    };
    x = torch::addmm(tensor("policy/bias" + std::to_string(l))[0], x,
                     tensor("policy/weight" + std::to_string(l))[0]);
    if (l < 2) x = x.relu();
  }
  return x;
}

TEST(SacAlgorithmTest, ActWeightsActAsTheTorchPolicyDoes) {
  SacAlgorithm sac(Spec(), Small(), 4);
  auto data = Source(4);
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(sac.Update(data).ok());
  const nn::Policy policy(sac.ActWeights());
  Rng rng(1, "obs");
  const RowMatrix obs = RandomBatch(rng, 64, kShape).rows.obs;
  const RowMatrix acted = policy.Act(obs, true, 0.0, rng);
  RowMatrix copy = obs;
  const at::Tensor output =
      PolicyOutput(Saved(sac), torch::from_blob(copy.data(), {64, 3}, torch::kFloat));
  const auto mean = output.narrow(1, 0, 2).tanh();
  for (std::int64_t i = 0; i < 64; ++i) {
    EXPECT_NEAR(acted(i, 0), 1.0F + 2.0F * mean[i][0].item<float>(), 2e-6F);
    EXPECT_NEAR(acted(i, 1), 2.25F + 0.25F * mean[i][1].item<float>(), 1e-6F);
  }
}

TEST(SacAlgorithmTest, ActWeightsSampleWithTheMomentsOfTheTorchPolicy) {
  SacAlgorithm sac(Spec(), Small(), 5);
  constexpr std::int64_t kRows = 40'000;
  Rng rng(2, "obs");
  const RowMatrix obs = RandomBatch(rng, 1, kShape).rows.obs.replicate(kRows, 1);
  const RowMatrix acted = nn::Policy(sac.ActWeights()).Act(obs, false, 0.0, rng);
  RowMatrix one = obs.topRows(1);
  const auto output = PolicyOutput(Saved(sac), torch::from_blob(one.data(), {1, 3}, torch::kFloat));
  torch::manual_seed(3);
  const auto std_of_u = output.narrow(1, 2, 2).clamp(kLogStdMin, kLogStdMax).exp();
  const auto u = output.narrow(1, 0, 2) + std_of_u * torch::randn({kRows, 2});
  const auto drawn = u.tanh().to(at::kDouble);
  const Eigen::Array2d center(1.0, 2.25), scale(2.0, 0.25);
  for (int j = 0; j < 2; ++j) {
    const Eigen::ArrayXd unit = (acted.col(j).cast<double>().array() - center[j]) / scale[j];
    const double mean = unit.mean(), std = std::sqrt((unit - mean).square().mean());
    EXPECT_NEAR(mean, drawn.select(1, j).mean().item<double>(), 0.02);  // 4 standard errors
    EXPECT_NEAR(std, drawn.select(1, j).std().item<double>(), 0.02);
  }
}

// One row whose target can be computed: with gamma = 0 the TD error is Q - r.
TEST(SacAlgorithmTest, PrioritiesAreTheAbsoluteTdErrorsOfRealRows) {
  SacAlgorithm::Options options = Small();
  options.gamma = 0.0;
  options.learning_rate = 0.0;
  SacAlgorithm sac(Spec(), options, 6);
  const auto told = [&](float reward) {
    FakeBatchSource data([reward] {
      Rng rng(6, "test");
      SampleBatch batch = RandomBatch(rng, 8, kShape);
      batch.rows.reward.setConstant(reward);
      return batch;
    });
    data.real_rows_max = 3;
    EXPECT_TRUE(sac.Update(data).ok());
    return data.priorities;
  };
  const auto high = told(100.0F), low = told(-100.0F);
  ASSERT_EQ(high.size(), 3U);
  ASSERT_EQ(low.size(), 3U);
  // |Q - 100| + |Q + 100| = 200 for every small Q, in the mean over the critics too.
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(high[i] + low[i], 200.0, 1e-3);
  EXPECT_NE(high[0], high[1]);
}

TEST(SacAlgorithmTest, TerminatedCutsTheBootstrapAndTruncatedDoesNot) {
  SacAlgorithm::Options options = Small();
  options.learning_rate = 0.0;
  options.alpha = 5.0;  // makes the bootstrap large
  const auto priorities = [&](float terminated, float truncated, float gamma) {
    options.gamma = gamma;
    SacAlgorithm sac(Spec(), options, 7);
    FakeBatchSource data([=] {
      Rng rng(7, "test");
      SampleBatch batch = RandomBatch(rng, 8, kShape);
      batch.rows.terminated.setConstant(terminated);
      batch.rows.truncated.setConstant(truncated);
      return batch;
    });
    EXPECT_TRUE(sac.Update(data).ok());
    return data.priorities;
  };
  const auto going_on = priorities(0.0F, 0.0F, 0.99F);
  EXPECT_EQ(priorities(0.0F, 1.0F, 0.99F), going_on);
  EXPECT_NE(priorities(1.0F, 0.0F, 0.99F), going_on);
  EXPECT_EQ(priorities(1.0F, 0.0F, 0.99F), priorities(0.0F, 0.0F, 0.0F));
}

TEST(SacAlgorithmTest, TheTargetCriticsMoveByTau) {
  SacAlgorithm::Options options = Small();
  options.tau = 0.25;
  SacAlgorithm sac(Spec(), options, 8);
  const StateDict before = Saved(sac);
  auto data = Source(8);
  ASSERT_TRUE(sac.Update(data).ok());
  const StateDict after = Saved(sac);
  const auto old = before.Get<float>("target_critics/weight1");
  const auto source = after.Get<float>("critics/weight1");
  const auto moved = after.Get<float>("target_critics/weight1");
  for (std::size_t i = 0; i < moved.size(); ++i) {
    ASSERT_FLOAT_EQ(moved[i], old[i] + 0.25F * (source[i] - old[i]));
  }
}

TEST(SacAlgorithmTest, TheTemperatureFollowsTheEntropyGap) {
  for (const double target : {-50.0, 50.0}) {
    SacAlgorithm::Options options = Small();
    options.target_entropy = target;
    SacAlgorithm sac(Spec(), options, 9);
    auto data = Source(9);
    ASSERT_TRUE(sac.Update(data).ok());
    const auto log_alpha = Saved(sac).Get<float>("log_alpha")[0];
    // Adam's first step is the learning rate, against the sign of the gradient.
    EXPECT_NEAR(log_alpha, target > 0.0 ? 3e-4 : -3e-4, 1e-7);
  }
  SacAlgorithm::Options options = Small();
  options.alpha = 0.2;
  SacAlgorithm sac(Spec(), options, 9);
  auto data = Source(9);
  ASSERT_TRUE(sac.Update(data).ok());
  const auto losses = sac.LastLosses();
  const std::map<std::string, double> named(losses.begin(), losses.end());
  EXPECT_NEAR(named.at("alpha"), 0.2, 1e-7);
  for (const char* name : {"critic_loss", "actor_loss", "entropy", "q_mean"}) {
    EXPECT_TRUE(std::isfinite(named.at(name))) << name;
  }
}

TEST(SacAlgorithmTest, APoisonedRewardIsNamedBeforeItReachesAnyWeight) {
  SacAlgorithm sac(Spec(), Small(), 1);
  auto data = Source(1);
  ASSERT_TRUE(sac.Update(data).ok());
  data.priorities.clear();
  const StateDict before = Saved(sac);
  auto poisoned = FakeBatchSource([rng = Rng(2, "test")]() mutable {
    SampleBatch batch = RandomBatch(rng, 16, kShape);
    batch.rows.reward[3] = 1e15F;
    return batch;
  });
  try {
    (void)sac.Update(poisoned);
    FAIL() << "no DivergenceError";
  } catch (const DivergenceError& error) {
    EXPECT_NE(std::string(error.what()).find("critic_loss"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("learner.loss_max"), std::string::npos);
  }
  EXPECT_TRUE(poisoned.priorities.empty());  // nor any priority
  StateDict after = Saved(sac);
  after.PutRaw("noise", before.Raw("noise"));  // a draw was used up
  EXPECT_EQ(after, before);
  EXPECT_TRUE(sac.Update(data).ok());
}

TEST(SacAlgorithmTest, LoadRefusesAnotherNetwork) {
  SacAlgorithm sac(Spec(), Small(), 1);
  SacAlgorithm::Options options = Small();
  options.hidden = {16, 24};
  SacAlgorithm other(Spec(), options, 1);
  EXPECT_THROW(other.Load(Saved(sac)), CheckpointError);
  EXPECT_THROW(other.Load(StateDict()), CheckpointError);
}

}  // namespace
}  // namespace dyna::learner
