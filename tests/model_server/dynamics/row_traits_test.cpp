#include "model_server/dynamics/row_traits.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace dyna::dynamics {
namespace {

constexpr std::int64_t kRows = 20'000;

TEST(RowTraitsTest, AFifthOfTheRowsIsForValidationAndALargerShareKeepsThem) {
  std::int64_t count = 0;
  for (std::int64_t i = 0; i < kRows; ++i) {
    if (!IsValidationRow(1, i, 0.2)) continue;
    ++count;
    ASSERT_TRUE(IsValidationRow(1, i, 0.2) && IsValidationRow(1, i, 0.3));
  }
  EXPECT_NEAR(static_cast<double>(count), 0.2 * kRows, 5.0 * std::sqrt(0.16 * kRows));
  EXPECT_FALSE(IsValidationRow(1, 0, 0.0));
}

// Exp(1) has mean 1, variance 1, median ln 2; members' weights of a row are independent.
TEST(RowTraitsTest, WeightsAreIndependentExponentialsPerMember) {
  double sum = 0.0, squares = 0.0, product = 0.0;
  std::int64_t below_median = 0;
  for (std::int64_t i = 0; i < kRows; ++i) {
    std::array<float, 2> w{};
    DrawRowWeights(3, i, w);
    ASSERT_GE(std::min(w[0], w[1]), 0.0F);
    sum += w[0];
    squares += w[0] * w[0];
    product += (w[0] - 1.0) * (w[1] - 1.0);
    below_median += w[1] < std::log(2.0) ? 1 : 0;
  }
  EXPECT_NEAR(sum / kRows, 1.0, 0.04);
  EXPECT_NEAR(squares / kRows, 2.0, 0.2);
  EXPECT_NEAR(product / kRows, 0.0, 0.04);
  EXPECT_NEAR(static_cast<double>(below_median) / kRows, 0.5, 0.02);
}

TEST(RowTraitsTest, ARowsWeightsDependOnSeedAndNumberOnly) {
  std::array<float, 8> a{}, again{}, other_row{}, other_seed{};
  DrawRowWeights(3, 5, a);
  DrawRowWeights(3, 5, again);
  DrawRowWeights(3, 6, other_row);
  DrawRowWeights(4, 5, other_seed);
  EXPECT_EQ(a, again);
  EXPECT_NE(a, other_row);
  EXPECT_NE(a, other_seed);
}

}  // namespace
}  // namespace dyna::dynamics
