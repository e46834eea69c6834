#include "learner/algorithms/squashed_gaussian.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "common/core/rng.hpp"

namespace dyna::learner {
namespace {

std::vector<float> Normals(Rng& rng, std::size_t size) {
  std::vector<float> values(size);
  for (float& x : values) x = static_cast<float>(rng.Normal());
  return values;
}

// Action and log density of one entry by the textbook change of variables, in double precision.
struct Entry {
  double action, log_prob;
};
Entry Expected(double mean, double raw_log_std, double noise) {
  const double std = std::exp(std::clamp(raw_log_std, kLogStdMin, kLogStdMax));
  const double u = mean + std * noise;
  const double log_jacobian = -2.0 * std::log(std::cosh(u));  // log(1 - tanh(u)^2)
  return {std::tanh(u),
          -0.5 * noise * noise - std::log(std) - 0.5 * std::log(2.0 * M_PI) - log_jacobian};
}

TEST(SquashedGaussianTest, LogProbIsTheChangeOfVariables) {
  constexpr std::int64_t kRows = 41, kColumns = 3;
  Rng rng(1, "test");
  const auto output = Normals(rng, kRows * kColumns * 2), noise = Normals(rng, kRows * kColumns);
  SquashedGaussian sample;
  sample.Draw(kRows, kColumns, output.data(), noise.data());
  for (std::size_t b = 0; b < kRows; ++b) {
    double log_prob = 0.0;
    for (std::size_t j = 0; j < kColumns; ++j) {
      const Entry expected = Expected(output[b * 2 * kColumns + j],
                                      output[(b * 2 + 1) * kColumns + j], noise[b * kColumns + j]);
      EXPECT_NEAR(sample.action()[b * kColumns + j], expected.action, 2e-7);
      log_prob += expected.log_prob;
    }
    EXPECT_NEAR(sample.log_prob()[b], log_prob, 1e-6 * (1.0 + std::abs(log_prob))) << b;
  }
}

// The density integrates to one over (-1, 1). A grid in u maps to actions a = tanh(u), whose
// spacing is taken in double precision: only log_prob knows the Jacobian.
TEST(SquashedGaussianTest, DensityIntegratesToOne) {
  constexpr std::size_t kPoints = 40'001;
  const float mean = 0.6F, log_std = -0.4F;
  std::vector<float> output, noise;
  for (std::size_t i = 0; i < kPoints; ++i) {
    noise.push_back(-9.0F + 18.0F * static_cast<float>(i) / (kPoints - 1));
    output.insert(output.end(), {mean, log_std});
  }
  SquashedGaussian sample;
  sample.Draw(kPoints, 1, output.data(), noise.data());
  const auto action = [&](std::size_t i) {
    return std::tanh(mean + std::exp(static_cast<double>(log_std)) * noise[i]);
  };
  double integral = 0.0;
  for (std::size_t i = 0; i + 1 < kPoints; ++i) {
    const double density = 0.5 * (std::exp(static_cast<double>(sample.log_prob()[i])) +
                                  std::exp(static_cast<double>(sample.log_prob()[i + 1])));
    integral += density * (action(i + 1) - action(i));
  }
  EXPECT_NEAR(integral, 1.0, 1e-5);
}

TEST(SquashedGaussianTest, StaysFiniteWhereTanhRoundsToOne) {
  for (const float mean : {-80.0F, -12.0F, 12.0F, 80.0F}) {
    SquashedGaussian sample;
    const float output[] = {mean, -20.0F}, noise = 0.0F, one = 1.0F;
    sample.Draw(1, 1, output, &noise);
    // log(1 - tanh(u)^2) -> log 4 - 2 |u|
    const double expected =
        20.0 - 0.5 * std::log(2.0 * M_PI) - std::log(4.0) + 2.0 * std::abs(mean);
    EXPECT_NEAR(sample.log_prob()[0], expected, 1e-4);
    float gradient[2];
    sample.Gradient(1, &one, 1.0F, gradient);
    EXPECT_TRUE(std::isfinite(gradient[0]) && std::isfinite(gradient[1]));
  }
}

TEST(SquashedGaussianTest, ANetThatIsNoNumberGivesNone) {
  SquashedGaussian sample;
  const float output[] = {std::nanf(""), 0.0F}, noise = 0.5F;
  sample.Draw(1, 1, output, &noise);
  EXPECT_TRUE(std::isnan(sample.log_prob()[0]) && std::isnan(sample.action()[0]));
}

TEST(SquashedGaussianTest, GradientAgreesWithFiniteDifferencesAndIsCutByTheClip) {
  constexpr std::size_t kRows = 5, kColumns = 2, kSize = kRows * kColumns * 2;
  Rng rng(2, "test");
  auto output = Normals(rng, kSize);
  output[2] = -25.0F;  // row 0: log_std below its clip
  output[7] = 3.0F;    // row 1: above
  const auto noise = Normals(rng, kRows * kColumns), grad_action = Normals(rng, kRows * kColumns);
  const float grad_log_prob = 0.7F;
  SquashedGaussian sample;
  sample.Draw(kRows, kColumns, output.data(), noise.data());
  std::vector<float> gradient(kSize);
  sample.Gradient(kRows, grad_action.data(), grad_log_prob, gradient.data());
  EXPECT_EQ(gradient[2], 0.0F);
  EXPECT_EQ(gradient[7], 0.0F);
  std::vector<double> x(output.begin(), output.end());
  const auto loss = [&] {
    double sum = 0.0;
    for (std::size_t b = 0; b < kRows; ++b) {
      for (std::size_t j = 0; j < kColumns; ++j) {
        const std::size_t i = b * kColumns + j;
        const Entry e = Expected(x[b * 2 * kColumns + j], x[(b * 2 + 1) * kColumns + j], noise[i]);
        sum += e.action * grad_action[i] + e.log_prob * grad_log_prob;
      }
    }
    return sum;
  };
  for (std::size_t i = 0; i < kSize; ++i) {
    constexpr double kStep = 1e-6;
    const double kept = x[i];
    x[i] = kept + kStep;
    const double up = loss();
    x[i] = kept - kStep;
    const double numeric = (up - loss()) / (2.0 * kStep);
    x[i] = kept;
    EXPECT_NEAR(gradient[i], numeric, 5e-6 * (1.0 + std::abs(numeric))) << i;
  }
}

}  // namespace
}  // namespace dyna::learner
