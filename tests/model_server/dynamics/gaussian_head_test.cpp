#include "model_server/dynamics/gaussian_head.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

#include "model_server/dynamics/mean_head.hpp"
#include "model_server/dynamics/termination_head.hpp"

namespace dyna::dynamics {
namespace {

struct Case {
  at::Tensor out, target, shared;
};

/// B = 5, D = 2; raw log-variances on both sides of the bounds.
Case MakeCase() {
  torch::manual_seed(4);
  Case c{.out = torch::randn({5, 4}), .target = torch::randn({5, 2}), .shared = {}};
  c.out.narrow(1, 2, 2).mul_(8.0);
  c.shared = torch::tensor({0.5F, 0.2F, -10.0F, -3.0F});  // high, low
  return c;
}

double Softplus(double x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }

double ClampOracle(double raw, double low, double high) {
  const double u = high - Softplus(high - raw);
  return low + Softplus(u - low);
}

/// The loss in plain double arithmetic.
double LossOracle(const at::Tensor& out, const at::Tensor& target, const at::Tensor& shared) {
  const auto o = out.to(torch::kFloat64);
  const auto y = target.to(torch::kFloat64);
  const auto s = shared.to(torch::kFloat64);
  const std::int64_t d = y.size(1);
  double sum = 0.0;
  for (std::int64_t b = 0; b < y.size(0); ++b) {
    for (std::int64_t i = 0; i < d; ++i) {
      const double log_var =
          ClampOracle(o[b][d + i].item<double>(), s[d + i].item<double>(), s[i].item<double>());
      const double error = o[b][i].item<double>() - y[b][i].item<double>();
      sum += error * error * std::exp(-log_var) + log_var;
    }
  }
  return sum / static_cast<double>(y.numel());
}

TEST(GaussianHeadTest, SoftClampIsTheFormulaAndStaysInsideTheBounds) {
  for (const double raw : {-60.0, -11.0, -10.0, -2.0, 0.0, 0.5, 3.0, 80.0}) {
    const double clamped =
        SoftClamp(torch::tensor({raw}), torch::tensor({-10.0}), torch::tensor({0.5}))[0]
            .item<double>();
    EXPECT_NEAR(clamped, ClampOracle(raw, -10.0, 0.5), 1e-6) << raw;
    EXPECT_GE(clamped, -10.0);
    EXPECT_LE(clamped, 0.5 + 1e-4);  // the lower clamp lifts the upper end by softplus(-10.5)
  }
}

TEST(GaussianHeadTest, LossMatchesPlainDoubleArithmetic) {
  const Case c = MakeCase();
  at::Tensor grad_out = torch::empty_like(c.out);
  at::Tensor grad_shared = torch::empty_like(c.shared);
  const double loss =
      GaussianHead(0.01).LossAndGradient(c.out, c.target, c.shared, {}, grad_out, grad_shared);
  EXPECT_NEAR(loss, LossOracle(c.out, c.target, c.shared), 1e-5 * std::abs(loss));
}

TEST(GaussianHeadTest, GradientsMatchFiniteDifferencesOfTheDoubleOracle) {
  const Case c = MakeCase();
  at::Tensor grad_out = torch::empty_like(c.out);
  at::Tensor grad_shared = torch::empty_like(c.shared);
  const GaussianHead head(0.01);
  head.LossAndGradient(c.out, c.target, c.shared, {}, grad_out, grad_shared);
  constexpr double kStep = 1e-5;
  const auto check = [&](const at::Tensor& grad, auto loss_at) {
    for (std::int64_t i = 0; i < grad.numel(); ++i) {
      const double numeric = (loss_at(i, kStep) - loss_at(i, -kStep)) / (2.0 * kStep);
      const double analytic = grad.flatten()[i].item<double>();
      EXPECT_NEAR(analytic, numeric, 1e-4 * std::max(1.0, std::abs(numeric))) << i;
    }
  };
  check(grad_out, [&](std::int64_t i, double step) {
    at::Tensor moved = c.out.to(torch::kFloat64).clone();
    moved.view({-1})[i] += step;
    return LossOracle(moved, c.target, c.shared);
  });
  check(grad_shared, [&](std::int64_t i, double step) {
    at::Tensor moved = c.shared.to(torch::kFloat64).clone();
    moved[i] += step;
    return LossOracle(c.out, c.target, moved);
  });
}

TEST(GaussianHeadTest, BoundsStartAtMbposValuesAndArePulledTogetherByTheWeight) {
  const GaussianHead head(0.01);
  EXPECT_TRUE(head.InitialShared(2).equal(torch::tensor({0.5F, 0.5F, -10.0F, -10.0F})));
  at::Tensor grad = torch::zeros({4});
  head.AddSharedGradient(grad);  // d (0.01 sum(high) - 0.01 sum(low))
  EXPECT_TRUE(grad.allclose(torch::tensor({0.01F, 0.01F, -0.01F, -0.01F})));
}

TEST(GaussianHeadTest, VarianceIsTheExponentialOfTheClampedLogVariance) {
  const Case c = MakeCase();
  const at::Tensor variance = GaussianHead(0.01).Variance(c.out, c.shared, 2);
  EXPECT_NEAR(variance[3][1].item<double>(),
              std::exp(ClampOracle(c.out[3][3].item<double>(), -3.0, 0.2F)), 1e-5);
}

TEST(MeanHeadTest, IsMeanSquaredErrorAndItsGradient) {
  const at::Tensor out = torch::tensor({{1.0F, 2.0F}});
  const at::Tensor target = torch::tensor({{0.0F, 5.0F}});
  at::Tensor grad = torch::empty_like(out);
  at::Tensor none = torch::empty({0});
  EXPECT_FLOAT_EQ(static_cast<float>(MeanHead().LossAndGradient(out, target, none, {}, grad, none)),
                  5.0F);  // (1 + 9) / 2
  EXPECT_TRUE(grad.allclose(torch::tensor({{1.0F, -3.0F}})));
}

TEST(TerminationHeadTest, IsBinaryCrossEntropyOfTheLogitAndItsGradient) {
  const at::Tensor logit = torch::tensor({2.0F, -1.0F});
  at::Tensor grad = torch::empty({2});
  const double loss = TerminationLossAndGradient(logit, torch::tensor({1.0F, 1.0F}), grad);
  const double p0 = 1.0 / (1.0 + std::exp(-2.0));
  const double p1 = 1.0 / (1.0 + std::exp(1.0));
  EXPECT_NEAR(loss, -(std::log(p0) + std::log(p1)) / 2.0, 1e-6);
  EXPECT_NEAR(grad[0].item<double>(), (p0 - 1.0) / 2.0, 1e-6);
  EXPECT_NEAR(grad[1].item<double>(), (p1 - 1.0) / 2.0, 1e-6);
}

}  // namespace
}  // namespace dyna::dynamics
