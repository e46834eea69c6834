#include "common/nn/flat_kernels.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "common/core/rng.hpp"

namespace dyna::nn {
namespace {

std::vector<float> Normals(Rng& rng, std::size_t size) {
  std::vector<float> values(size);
  for (float& x : values) x = static_cast<float>(rng.Normal());
  return values;
}

// Adam written from the paper, one scalar at a time, in double precision.
TEST(AdamStepTest, FollowsTheScalarRecursion) {
  constexpr std::size_t kSize = 1003;  // not a multiple of a vector
  Rng rng(1, "test");
  std::vector<float> p = Normals(rng, kSize), m(kSize, 0.0F), v(kSize, 0.0F);
  std::vector<double> p_ref(p.begin(), p.end()), m_ref(kSize, 0.0), v_ref(kSize, 0.0);
  const AdamOptions options = {.learning_rate = 3e-4};
  for (std::int64_t step = 1; step <= 20; ++step) {
    const std::vector<float> g = Normals(rng, kSize);
    AdamStep({.parameters = p, .gradients = g, .first_moment = m, .second_moment = v}, options,
             step);
    const auto t = static_cast<double>(step);
    for (std::size_t i = 0; i < kSize; ++i) {
      const double gi = g[i];
      m_ref[i] = 0.9 * m_ref[i] + 0.1 * gi;
      v_ref[i] = 0.999 * v_ref[i] + 0.001 * gi * gi;
      const double m_hat = m_ref[i] / (1.0 - std::pow(0.9, t));
      const double v_hat = v_ref[i] / (1.0 - std::pow(0.999, t));
      p_ref[i] -= 3e-4 * m_hat / (std::sqrt(v_hat) + 1e-8);
    }
  }
  for (std::size_t i = 0; i < kSize; ++i) ASSERT_NEAR(p[i], p_ref[i], 2e-6) << i;
}

TEST(AdamStepTest, FirstStepMovesByTheLearningRateWhateverTheGradient) {
  std::vector<float> p = {1.0F, 1.0F, 1.0F}, m(3, 0.0F), v(3, 0.0F);
  const std::vector<float> g = {1e-3F, -50.0F, 0.0F};
  AdamStep({.parameters = p, .gradients = g, .first_moment = m, .second_moment = v},
           {.learning_rate = 0.1}, 1);
  EXPECT_NEAR(p[0], 0.9F, 1e-5F);
  EXPECT_NEAR(p[1], 1.1F, 1e-6F);
  EXPECT_EQ(p[2], 1.0F);
}

// A bit must not depend on where in the buffer, so in which lane, an element lies.
TEST(AdamStepTest, TreatsEveryPositionAlike) {
  std::vector<float> p(37, 0.3F), m(37, 0.02F), v(37, 0.005F);
  const std::vector<float> g(37, -0.7F);
  AdamStep({.parameters = p, .gradients = g, .first_moment = m, .second_moment = v}, {}, 3);
  for (const float x : p) EXPECT_EQ(x, p[0]);
}

TEST(LerpIntoTest, MovesTheStatedPartOfTheWay) {
  std::vector<float> target = {0.0F, 10.0F, -2.0F};
  LerpInto(target, std::vector<float>{1.0F, 0.0F, -2.0F}, 0.25);
  EXPECT_EQ(target, (std::vector<float>{0.25F, 7.5F, -2.0F}));
}

TEST(LerpIntoTest, CopiesExactlyForWeightOne) {
  std::vector<float> target = {1e8F, -3.0F};
  const std::vector<float> source = {0.1F, 1e-30F};
  LerpInto(target, source, 1.0);
  EXPECT_EQ(target, source);
}

}  // namespace
}  // namespace dyna::nn
