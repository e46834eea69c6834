#include "learner/algorithms/squashed_gaussian.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

namespace dyna::learner {
namespace {

const auto kDouble = torch::dtype(torch::kDouble);

// Log density at a in one dimension by the textbook change of variables.
double LogDensity(double a, double mean, double std) {
  const double z = (std::atanh(a) - mean) / std;
  return -0.5 * z * z - std::log(std) - 0.5 * std::log(2.0 * M_PI) - std::log(1.0 - a * a);
}

TEST(SquashedGaussianTest, LogProbIsTheChangeOfVariables) {
  torch::manual_seed(1);
  const auto output = torch::rand({40, 6}, kDouble) * 2.0 - 1.0;  // no log_std near its clip
  const auto noise = torch::randn({40, 3}, kDouble);
  const SquashedSample sample = SampleSquashed(output, noise);
  for (std::int64_t b = 0; b < 40; ++b) {
    double expected = 0.0;
    for (std::int64_t j = 0; j < 3; ++j) {
      const double mean = output[b][j].item<double>();
      const double std = std::exp(output[b][j + 3].item<double>());
      const double a = sample.action[b][j].item<double>();
      EXPECT_NEAR(a, std::tanh(mean + std * noise[b][j].item<double>()), 1e-12);
      expected += LogDensity(a, mean, std);
    }
    EXPECT_NEAR(sample.log_prob[b].item<double>(), expected, 1e-6) << b;
  }
}

// The density integrates to one over (-1, 1). A grid in u maps to actions a = tanh(u), whose
// spacing comes from the actions themselves: only log_prob knows the Jacobian.
TEST(SquashedGaussianTest, DensityIntegratesToOne) {
  constexpr std::int64_t kPoints = 40'001;
  const double mean = 0.6, log_std = -0.4;
  const auto noise = torch::linspace(-9.0, 9.0, kPoints, kDouble).unsqueeze(1);
  const auto output = torch::tensor({{mean, log_std}}, kDouble).expand({kPoints, 2});
  const SquashedSample sample = SampleSquashed(output, noise);
  const auto density = sample.log_prob.exp();
  const auto a = sample.action.squeeze(1);
  const auto width = a.narrow(0, 1, kPoints - 1) - a.narrow(0, 0, kPoints - 1);
  const auto middle = 0.5 * (density.narrow(0, 1, kPoints - 1) + density.narrow(0, 0, kPoints - 1));
  EXPECT_NEAR((width * middle).sum().item<double>(), 1.0, 1e-6);
}

TEST(SquashedGaussianTest, StaysFiniteWhereTanhRoundsToOne) {
  for (const double mean : {-80.0, -12.0, 12.0, 80.0}) {
    const auto sample =
        SampleSquashed(torch::tensor({{static_cast<float>(mean), -20.0F}}), torch::zeros({1, 1}));
    // log(1 - tanh(u)^2) -> log 4 - 2 |u|
    const double expected =
        20.0 - 0.5 * std::log(2.0 * M_PI) - std::log(4.0) + 2.0 * std::abs(mean);
    EXPECT_NEAR(sample.log_prob.item<double>(), expected, 1e-4);
    const auto gradient = SquashedGradient(sample, torch::ones({1, 1}), torch::ones({1}));
    EXPECT_TRUE(gradient.isfinite().all().item<bool>());
  }
}

TEST(SquashedGaussianTest, GradientAgreesWithFiniteDifferencesAndIsCutByTheClip) {
  torch::manual_seed(2);
  at::Tensor output = torch::randn({5, 4}, kDouble);
  output[0][2] = -25.0;  // log_std below and above its clip
  output[1][3] = 3.0;
  const auto noise = torch::randn({5, 2}, kDouble);
  const auto grad_action = torch::randn({5, 2}, kDouble), grad_log_prob = torch::randn(5, kDouble);
  const auto loss = [&] {
    const auto s = SampleSquashed(output, noise);
    return ((s.action * grad_action).sum() + (s.log_prob * grad_log_prob).sum()).item<double>();
  };
  const at::Tensor analytic =
      SquashedGradient(SampleSquashed(output, noise), grad_action, grad_log_prob);
  EXPECT_EQ(analytic[0][2].item<double>(), 0.0);
  EXPECT_EQ(analytic[1][3].item<double>(), 0.0);
  double* x = output.data_ptr<double>();
  for (std::int64_t i = 0; i < output.numel(); ++i) {
    constexpr double kStep = 1e-6;
    const double kept = x[i];
    x[i] = kept + kStep;
    const double up = loss();
    x[i] = kept - kStep;
    const double down = loss();
    x[i] = kept;
    const double numeric = (up - down) / (2.0 * kStep);
    EXPECT_NEAR(analytic.view(-1)[i].item<double>(), numeric, 1e-6 * (1.0 + std::abs(numeric)));
  }
}

}  // namespace
}  // namespace dyna::learner
