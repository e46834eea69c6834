#include "learner/algorithms/dhmbpo/objectives.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <array>
#include <cmath>
#include <limits>

namespace dyna::learner::dhmbpo {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

at::Tensor Row(float a, float b) { return torch::tensor({a, b}); }

/// Two steps of two rows; the second row ends with its first step, and what follows is not finite.
Rollout TwoSteps() {
  Rollout rollout;
  rollout.obs = {torch::zeros({2, 1}), torch::zeros({2, 1}), torch::zeros({2, 1})};
  rollout.action = rollout.obs;
  rollout.reward = {Row(1, 2), Row(3, kNan)};
  rollout.log_prob = {Row(5, 5), Row(-2, kNan), Row(-1, kNan)};
  rollout.alive = {torch::tensor({true, true}), torch::tensor({true, false}),
                   torch::tensor({true, false})};
  return rollout;
}

void ExpectRow(const at::Tensor& row, double a, double b) {
  EXPECT_NEAR(row[0].item<double>(), a, 1e-5);
  EXPECT_NEAR(row[1].item<double>(), b, 1e-5);
}

TEST(CriticTargetTest, MatchesNumbersWorkedOutByHand) {
  // Row 0: 1 + 0.5 (3 + 0.1*2) + 0.25 (10 + 0.1*1); no entropy at t = 0. Row 1: the reward of its
  // last step alone.
  ExpectRow(CriticTarget(TwoSteps(), Row(10, kNan), /*alpha=*/0.1, /*gamma=*/0.5), 5.125, 2.0);
}

TEST(CriticTargetTest, CarriesNoGradient) {
  Rollout rollout = TwoSteps();
  rollout.reward[0].requires_grad_();
  EXPECT_FALSE(CriticTarget(rollout, Row(10, 0), 0.1, 0.5).requires_grad());
}

TEST(SoftRewardsTest, LeavesOutRowsThatHadEnded) {
  const at::Tensor soft = SoftRewards(TwoSteps(), /*alpha=*/0.1);
  ASSERT_EQ(soft.size(0), 3);
  EXPECT_TRUE(torch::allclose(soft, torch::tensor({0.5F, 1.5F, 3.2F})));
}

TEST(ActorObjectiveTest, MatchesNumbersWorkedOutByHand) {
  const Rollout rollout = TwoSteps();
  const auto value = [&](std::int64_t h, const at::Tensor& q) {
    return ActorObjective(rollout, h, q, /*alpha=*/0.1, /*gamma=*/0.5).item<double>();
  };
  // Entropy counts from t = 0: rows (0.5 + 1.6 + 2.525) and 1.5.
  EXPECT_NEAR(value(2, Row(10, kNan)), (4.625 + 1.5) / 2, 1e-5);
  EXPECT_NEAR(value(1, Row(10, kNan)), (0.5 + 0.5 * 10.2 + 1.5) / 2, 1e-5);
  EXPECT_NEAR(value(0, Row(10, 20)), (9.5 + 19.5) / 2, 1e-5);
  EXPECT_NEAR(value(2, {}), (2.1 + 1.5) / 2, 1e-5);  // no critic: it ends at the horizon
}

TEST(ActorObjectiveTest, WhatFollowsTheEndOfARowHasNoGradient) {
  Rollout rollout = TwoSteps();
  at::Tensor reward = Row(3, kNan).requires_grad_();
  at::Tensor q = Row(10, kNan).requires_grad_();
  rollout.reward[1] = reward;
  const auto gradients =
      torch::autograd::grad({ActorObjective(rollout, 2, q, 0.1, 0.5)}, {reward, q});
  ExpectRow(gradients[0], 0.5 / 2, 0.0);
  ExpectRow(gradients[1], 0.25 / 2, 0.0);
}

TEST(MinimumOfDrawnTest, EveryPairIsDrawnEquallyOftenForAllRowsTogether) {
  const at::Tensor values = torch::tensor({{1.0F, 3.0F}, {2.0F, 2.0F}, {3.0F, 1.0F}});
  Rng rng(1, "test");
  std::array<int, 3> seen = {};
  constexpr int kDraws = 6000;
  for (int i = 0; i < kDraws; ++i) {
    const at::Tensor least = MinimumOfDrawn(values, 2, rng);
    const double a = least[0].item<double>(), b = least[1].item<double>();
    if (a == 1 && b == 2)
      ++seen[0];  // critics 0 and 1
    else if (a == 1 && b == 1)
      ++seen[1];  // 0 and 2
    else if (a == 2 && b == 1)
      ++seen[2];  // 1 and 2
    else
      FAIL() << a << ' ' << b;
  }
  for (const int count : seen) EXPECT_NEAR(count, kDraws / 3, 5 * std::sqrt(kDraws * 2.0 / 9.0));
}

TEST(MinimumOfDrawnTest, AllOfThemAreTheMinimumOfAll) {
  const at::Tensor values = torch::tensor({{1.0F, 3.0F}, {2.0F, 2.0F}, {3.0F, 1.0F}});
  Rng rng(1, "test");
  ExpectRow(MinimumOfDrawn(values, 3, rng), 1, 1);
}

}  // namespace
}  // namespace dyna::learner::dhmbpo
