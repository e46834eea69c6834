#include "common/nn/vector_math.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace dyna::nn {
namespace {

TEST(VectorMathTest, ExpIsWithinThreeRoundingsOfTheTrueValue) {
  for (int i = -86'000; i <= 87'900; ++i) {
    const float x = static_cast<float>(i) * 1e-3F;
    const double expected = std::exp(static_cast<double>(x));
    ASSERT_NEAR(VectorExp(x) / expected, 1.0, 2e-7) << x;
  }
  EXPECT_EQ(VectorExp(0.0F), 1.0F);
}

TEST(VectorMathTest, ExpStaysInTheRangeOfFloats) {
  EXPECT_LT(VectorExp(-1e9F), 2e-38F);
  EXPECT_GE(VectorExp(-1e9F), 0.0F);
  EXPECT_TRUE(std::isfinite(VectorExp(1e9F)));
  EXPECT_GT(VectorExp(1e9F), 1e38F);
  EXPECT_TRUE(std::isnan(VectorExp(std::numeric_limits<float>::quiet_NaN())));
}

TEST(VectorMathTest, Log1pUnitIsTheLogarithmOnItsWholeInterval) {
  for (int i = 0; i <= 100'000; ++i) {
    const float t = static_cast<float>(i) * 1e-5F;
    const double expected = std::log1p(static_cast<double>(t));
    ASSERT_NEAR(VectorLog1pUnit(t), expected, 1.5e-7) << t;
    if (i > 0) {
      ASSERT_NEAR(VectorLog1pUnit(t) / expected, 1.0, 4e-7) << t;
    }
  }
  EXPECT_TRUE(std::isnan(VectorLog1pUnit(std::numeric_limits<float>::quiet_NaN())));
}

}  // namespace
}  // namespace dyna::nn
