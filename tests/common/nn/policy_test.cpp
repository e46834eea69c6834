#include "common/nn/policy.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace dyna::nn {
namespace {

// A Q "network" of one linear layer whose outputs are its bias.
Policy FixedValues(const std::vector<float>& values) {
  PolicyWeights weights;
  weights.kind = PolicyWeights::Kind::kQValues;
  const auto n = static_cast<Eigen::Index>(values.size());
  weights.layers = {{RowMatrix::Zero(n, 1), Eigen::Map<const FloatVector>(values.data(), n)}};
  return Policy(weights);
}

std::vector<double> Shares(const Policy& policy, double epsilon, std::size_t actions) {
  constexpr Eigen::Index kRows = 40'000;
  Rng rng(3, "test");
  const RowMatrix drawn = policy.Act(RowMatrix::Zero(kRows, 1), false, epsilon, rng);
  std::vector<double> shares(actions, 0.0);
  for (Eigen::Index i = 0; i < kRows; ++i) {
    shares.at(static_cast<std::size_t>(drawn(i, 0))) += 1.0 / kRows;
  }
  return shares;
}

TEST(PolicyTest, EpsilonGreedyTakesEachActionAsOftenAsItShould) {
  const auto shares = Shares(FixedValues({0.0F, 1.0F, -1.0F, 0.5F}), 0.2, 4);
  // 5 standard deviations of a share over 40,000 draws are at most 0.0125.
  EXPECT_NEAR(shares[1], 0.8 + 0.05, 0.0125);
  for (const std::size_t other : {0U, 2U, 3U}) EXPECT_NEAR(shares[other], 0.05, 0.0125);
}

TEST(PolicyTest, TiesGoToTheLowestIndexWhenDeterministicAndAreSharedWhenNot) {
  const Policy policy = FixedValues({0.0F, 2.0F, 2.0F, 2.0F});
  Rng rng(0, "test");
  EXPECT_EQ(policy.Act(RowMatrix::Zero(1, 1), true, 0.0, rng)(0, 0), 1.0F);
  const auto shares = Shares(policy, 0.0, 4);
  EXPECT_EQ(shares[0], 0.0);
  for (const std::size_t tied : {1U, 2U, 3U}) EXPECT_NEAR(shares[tied], 1.0 / 3.0, 0.0125);
}

TEST(PolicyTest, ATableIsReadByStateIndex) {
  PolicyWeights weights;
  weights.kind = PolicyWeights::Kind::kQTable;
  RowMatrix table(2, 3);      // [actions, states]
  table << 0.0F, 5.0F, 1.0F,  //
      1.0F, 4.0F, 2.0F;
  weights.layers = {{table, FloatVector()}};
  RowMatrix states(3, 1);
  states << 0.0F, 1.0F, 2.0F;
  Rng rng(0, "test");
  const RowMatrix actions = Policy(weights).Act(states, true, 0.0, rng);
  EXPECT_EQ(actions(0, 0), 1.0F);
  EXPECT_EQ(actions(1, 0), 0.0F);
  EXPECT_EQ(actions(2, 0), 1.0F);
}

TEST(PolicyTest, HiddenLayersAreActivatedAndTheLastIsNot) {
  // h = act(x * [1, -1]); outputs (h0, h1 - 0.5): by hand for x = 2.
  for (const auto activation : {Activation::kRelu, Activation::kTanh, Activation::kSilu}) {
    PolicyWeights weights;
    weights.activation = activation;
    RowMatrix first(2, 1), last(2, 2);
    first << 1.0F, -1.0F;
    last << 1.0F, 0.0F, 0.0F, 1.0F;
    FloatVector bias(2);
    bias << 0.0F, -0.5F;
    weights.layers = {{first, FloatVector::Zero(2)}, {last, bias}};
    weights.action_center = FloatVector::Constant(1, 3.0F);
    weights.action_scale = FloatVector::Constant(1, 10.0F);
    double mean = 2.0;
    if (activation == Activation::kTanh) mean = std::tanh(2.0);
    if (activation == Activation::kSilu) mean = 2.0 / (1.0 + std::exp(-2.0));
    Rng rng(0, "test");
    const RowMatrix action = Policy(weights).Act(RowMatrix::Constant(1, 1, 2.0F), true, 0.0, rng);
    EXPECT_NEAR(action(0, 0), 3.0 + 10.0 * std::tanh(mean), 1e-5);
  }
}

TEST(PolicyTest, GaussianLogStdIsClipped) {
  PolicyWeights weights;
  FloatVector bias(2);
  bias << 0.3F, -50.0F;  // mean, log_std far below its clip
  weights.layers = {{RowMatrix::Zero(2, 1), bias}};
  weights.action_center = FloatVector::Zero(1);
  weights.action_scale = FloatVector::Ones(1);
  weights.log_std_min = -1.0F;
  Rng rng(5, "test");
  const RowMatrix drawn = Policy(weights).Act(RowMatrix::Zero(20'000, 1), false, 0.0, rng);
  const Eigen::ArrayXf u =
      drawn.col(0).array().min(0.999999F).max(-0.999999F).unaryExpr([](float a) {
        return std::atanh(a);
      });
  const float mean = u.mean();
  EXPECT_NEAR(mean, 0.3F, 0.02F);
  EXPECT_NEAR(std::sqrt((u - mean).square().mean()), std::exp(-1.0F), 0.01F);
}

TEST(PolicyTest, GaussianStdCanBeASoftplus) {
  for (const float raw : {-2.0F, 0.5F, 100.0F, -100.0F}) {
    PolicyWeights weights;
    FloatVector bias(2);
    bias << 0.0F, raw;
    weights.layers = {{RowMatrix::Zero(2, 1), bias}};
    weights.action_center = FloatVector::Zero(1);
    weights.action_scale = FloatVector::Ones(1);
    weights.std_form = StdForm::kSoftplus;
    weights.std_min = 0.25F;
    Rng rng(5, "test"), same = rng;
    const RowMatrix drawn = Policy(weights).Act(RowMatrix::Zero(100, 1), false, 0.0, rng);
    const double std = 0.25 + (raw > 50 ? raw : std::log1p(std::exp(static_cast<double>(raw))));
    for (Eigen::Index i = 0; i < 100; ++i) {
      EXPECT_NEAR(drawn(i, 0), std::tanh(std * same.Normal()), 1e-5);
    }
  }
}

TEST(PolicyTest, TheSameStreamDrawsTheSameActions) {
  const Policy policy = FixedValues({1.0F, 1.0F, 0.0F});
  Rng a(9, "test"), b(9, "test");
  const RowMatrix obs = RowMatrix::Zero(50, 1);
  EXPECT_EQ(policy.Act(obs, false, 0.5, a), policy.Act(obs, false, 0.5, b));
  EXPECT_EQ(a, b);
}

}  // namespace
}  // namespace dyna::nn
