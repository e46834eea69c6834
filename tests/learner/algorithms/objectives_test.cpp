#include "learner/algorithms/objectives.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace dyna::learner {
namespace {

const auto kDouble = torch::dtype(torch::kDouble);

at::Tensor T(std::vector<double> values) { return torch::tensor(values, kDouble); }

void ExpectClose(const at::Tensor& actual, const at::Tensor& expected) {
  ASSERT_EQ(actual.sizes(), expected.sizes());
  EXPECT_LT((actual - expected).abs().max().item<double>(), 1e-12) << actual << "\nexpected\n"
                                                                   << expected;
}

TEST(SoftTargetTest, MatchesNumbersWorkedOutByHand) {
  const auto next_q = torch::stack({T({10.0, 4.0, 7.0}), T({8.0, 6.0, 7.5})});
  // row 0: 1 + 0.9 (8 - 0.5 * 2) = 7.3;  row 1 terminated: 2;  row 2: -1 + 0.9 (7 + 0.5) = 5.75
  ExpectClose(SoftTarget(T({1.0, 2.0, -1.0}), T({0.0, 1.0, 0.0}), next_q, T({2.0, 3.0, -1.0}),
                         T({0.5}), 0.9),
              T({7.3, 2.0, 5.75}));
}

TEST(DqnTargetTest, MatchesNumbersWorkedOutByHand) {
  const auto target = torch::stack({T({1.0, 5.0, 3.0}), T({9.0, 2.0, 4.0})});
  const auto online = torch::stack({T({2.0, 1.0, 8.0}), T({0.0, 7.0, 6.0})});
  const auto reward = T({1.0, -2.0});
  const auto going_on = T({0.0, 0.0});
  ExpectClose(DqnTarget(reward, going_on, target, 0.5), T({3.5, 2.5}));
  // The online net picks columns 2 and 1, the target net rates them 3 and 2.
  ExpectClose(DoubleDqnTarget(reward, going_on, online, target, 0.5), T({2.5, -1.0}));
  ExpectClose(DqnTarget(reward, T({1.0, 0.0}), target, 0.5), T({1.0, 2.5}));
  ExpectClose(DoubleDqnTarget(reward, T({0.0, 1.0}), online, target, 0.5), T({2.5, -2.0}));
}

TEST(LossTest, MatchNumbersWorkedOutByHand) {
  const auto td = torch::stack({T({1.0, -2.0}), T({0.0, 4.0})});
  const auto weights = T({1.0, 0.5});
  ExpectClose(CriticLoss(td, weights), T({0.75, 2.0}));
  ExpectClose(ActorLoss(T({0.5}), T({1.0, 3.0}), torch::stack({T({1.0, 2.0}), T({4.0, -2.0})})),
              torch::tensor(1.5, kDouble));  // mean(0.5 - 1, 1.5 + 2)
  ExpectClose(TemperatureLoss(T({0.3}), T({-1.0, 2.0}), -2.0), T({0.45}));
  ExpectClose(DqnLoss(T({0.5, -3.0}), weights, false), torch::tensor(2.375, kDouble));
  ExpectClose(DqnLoss(T({0.5, -3.0}), weights, true), torch::tensor(0.6875, kDouble));
}

TEST(LossTest, WeightsScaleLossAndGradientRowByRow) {
  const auto td = T({0.5, -3.0, 1.0});
  for (const bool huber : {false, true}) {
    const auto once = DqnGradient(td, torch::ones(3, kDouble), huber);
    const auto weights = T({0.2, 1.0, 0.0});
    ExpectClose(DqnGradient(td, weights, huber), once * weights);
    ExpectClose(DqnLoss(td, torch::full(3, 0.25, kDouble), huber),
                DqnLoss(td, torch::ones(3, kDouble), huber) * 0.25);
  }
}

// d loss / d x by central differences, entry by entry.
template <class Loss>
at::Tensor Numeric(Loss loss, const at::Tensor& x) {
  at::Tensor gradient = torch::zeros_like(x), moved = x.clone();
  double* at = moved.data_ptr<double>();
  double* out = gradient.data_ptr<double>();
  constexpr double kStep = 1e-6;
  for (std::int64_t i = 0; i < x.numel(); ++i) {
    const double kept = at[i];
    at[i] = kept + kStep;
    const double up = loss(moved).sum().template item<double>();
    at[i] = kept - kStep;
    out[i] = (up - loss(moved).sum().template item<double>()) / (2.0 * kStep);
    at[i] = kept;
  }
  return gradient;
}

void ExpectNear(const at::Tensor& actual, const at::Tensor& expected) {
  ASSERT_EQ(actual.sizes(), expected.sizes());
  EXPECT_LT((actual - expected).abs().max().item<double>(), 1e-8);
}

TEST(LossTest, GradientsAgreeWithFiniteDifferences) {
  torch::manual_seed(0);
  const auto td = torch::randn({2, 6}, kDouble) * 2.0;
  const auto weights = torch::rand({6}, kDouble);
  ExpectNear(CriticGradient(td, weights),
             Numeric([&](const at::Tensor& x) { return CriticLoss(x, weights); }, td));
  const auto log_pi = torch::randn({6}, kDouble);
  ExpectNear(ActorGradient(td),
             Numeric([&](const at::Tensor& q) { return ActorLoss(T({0.7}), log_pi, q); }, td));
  ExpectNear(
      TemperatureGradient(log_pi, -3.0),
      Numeric([&](const at::Tensor& x) { return TemperatureLoss(x, log_pi, -3.0); }, T({0.4})));
  for (const bool huber : {false, true}) {
    ExpectNear(DqnGradient(td[0], weights, huber),
               Numeric([&](const at::Tensor& x) { return DqnLoss(x, weights, huber); }, td[0]));
  }
}

TEST(ActorGradientTest, GivesATieToOneCriticOnly) {
  ExpectClose(ActorGradient(torch::zeros({2, 4}, kDouble)).sum(0),
              torch::full({4}, -0.25, kDouble));
}

}  // namespace
}  // namespace dyna::learner
