#include "model_server/dynamics/adam.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "common/core/rng.hpp"

namespace dyna::dynamics {
namespace {

// Oracle: Kingma & Ba's algorithm 1 for one number at a time, in double, on the gradient
// g + decay * x.
TEST(AdamTest, FollowsTheScalarAlgorithmInDouble) {
  const AdamOptions options{.learning_rate = 0.03};
  constexpr std::size_t kSize = 1003;  // no multiple of any vector width
  Rng rng(1, "adam");
  std::vector<float> param(kSize), grad(kSize), m(kSize), v(kSize), decay(kSize);
  for (std::size_t i = 0; i < kSize; ++i) {
    param[i] = static_cast<float>(rng.Normal());
    decay[i] = i % 3 == 0 ? 0.0F : static_cast<float>(rng.Uniform());
  }
  std::vector<double> x(param.begin(), param.end()), om(kSize), ov(kSize);
  for (int t = 1; t <= 50; ++t) {
    for (auto& g : grad) g = static_cast<float>(rng.Normal());
    AdamUpdate(options, t, {.param = param, .grad = grad, .m = m, .v = v, .decay = decay});
    for (std::size_t i = 0; i < kSize; ++i) {
      const double g = grad[i] + static_cast<double>(decay[i]) * x[i];
      om[i] = 0.9 * om[i] + 0.1 * g;
      ov[i] = 0.999 * ov[i] + 0.001 * g * g;
      const double m_hat = om[i] / (1.0 - std::pow(0.9, t));
      const double v_hat = ov[i] / (1.0 - std::pow(0.999, t));
      x[i] -= 0.03 * m_hat / (std::sqrt(v_hat) + 1e-8);
    }
  }
  for (std::size_t i = 0; i < kSize; ++i) ASSERT_NEAR(param[i], x[i], 2e-5) << i;
}

TEST(AdamTest, FirstStepMovesByTheLearningRateAgainstTheSign) {
  std::vector<float> param = {1.0F, 1.0F}, grad = {1e-3F, -50.0F}, zero(2), m(2), v(2);
  AdamUpdate({.learning_rate = 0.1}, 1,
             {.param = param, .grad = grad, .m = m, .v = v, .decay = zero});
  EXPECT_NEAR(param[0], 0.9F, 1e-5);
  EXPECT_NEAR(param[1], 1.1F, 1e-5);
}

// The first step of Adam is lr * sign(g), whatever the decay: decoupled, it does not enter g.
TEST(AdamTest, DecoupledDecayShrinksTheParameterAndLeavesTheMomentsAlone) {
  std::vector<float> param = {2.0F, -4.0F}, grad = {0.5F, 0.0F}, m(2, 0.0F), v(2, 0.0F);
  const std::vector<float> decay = {0.1F, 0.2F};
  AdamUpdate({.learning_rate = 0.01, .decoupled = true}, 1,
             {.param = param, .grad = grad, .m = m, .v = v, .decay = decay});
  EXPECT_NEAR(param[0], 2.0 - 0.01 - 0.01 * 0.1 * 2.0, 1e-6);
  EXPECT_NEAR(param[1], -4.0 + 0.01 * 0.2 * 4.0, 1e-6);
  EXPECT_NEAR(m[0], 0.05, 1e-7);
  EXPECT_EQ(m[1], 0.0F);
  EXPECT_EQ(v[1], 0.0F);
}

}  // namespace
}  // namespace dyna::dynamics
