#include "common/nn/activation_kernels.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "common/core/matrix.hpp"
#include "common/core/rng.hpp"

namespace dyna::nn {
namespace {

double Expected(Activation activation, double x) {
  if (activation == Activation::kRelu) return std::max(x, 0.0);
  return activation == Activation::kTanh ? std::tanh(x) : x / (1.0 + std::exp(-x));
}

class ActivationKernelsTest : public testing::TestWithParam<Activation> {};

// Values by the textbook formula, slopes by central differences of it, both in double precision.
TEST_P(ActivationKernelsTest, ValuesAndSlopesAreThoseOfTheFunction) {
  constexpr std::int64_t kRows = 9, kColumns = 37;
  Rng rng(1, "test");
  RowMatrix x(kRows, kColumns), bias(1, kColumns), value(kRows, kColumns);
  for (float& v : x.reshaped()) v = static_cast<float>(6.0 * rng.Normal());
  for (float& v : bias.reshaped()) v = static_cast<float>(rng.Normal());
  const RowMatrix sum = x.rowwise() + bias.row(0);
  RowMatrix in_place = x, slope = x;
  AddBiasActivate(GetParam(), kRows, kColumns, bias.data(), in_place.data());
  AddBiasActivateWithSlope(GetParam(), kRows, kColumns, bias.data(), slope.data(), value.data());
  EXPECT_EQ(in_place, value);
  for (Eigen::Index i = 0; i < sum.size(); ++i) {
    const double at = sum.data()[i];
    EXPECT_NEAR(value.data()[i], Expected(GetParam(), at), 3e-7 * (1.0 + std::abs(at)));
    constexpr double kStep = 1e-5;
    const double up = Expected(GetParam(), at + kStep), down = Expected(GetParam(), at - kStep);
    EXPECT_NEAR(slope.data()[i], (up - down) / (2.0 * kStep), 1e-6);
  }
}

TEST_P(ActivationKernelsTest, FarValuesStayFiniteAndNaNStaysNaN) {
  const float bias[] = {0.0F, 0.0F, 0.0F};
  float x[] = {-1e6F, 1e6F, std::nanf("")}, y[3];
  AddBiasActivateWithSlope(GetParam(), 1, 3, bias, x, y);
  EXPECT_NEAR(y[0], GetParam() == Activation::kTanh ? -1.0F : 0.0F, 1e-6F);
  EXPECT_EQ(y[1], GetParam() == Activation::kTanh ? 1.0F : 1e6F);
  EXPECT_NEAR(x[0], 0.0F, 1e-6F);
  EXPECT_NEAR(x[1], GetParam() == Activation::kTanh ? 0.0F : 1.0F, 1e-6F);
  EXPECT_TRUE(std::isnan(y[2]));
}

INSTANTIATE_TEST_SUITE_P(All, ActivationKernelsTest,
                         testing::Values(Activation::kRelu, Activation::kTanh, Activation::kSilu));

TEST(MultiplyByTest, ScalesEveryEntry) {
  const float slope[] = {2.0F, 0.0F, -1.0F};
  float grad[] = {3.0F, 5.0F, 7.0F};
  MultiplyBy(3, slope, grad);
  EXPECT_EQ(grad[0], 6.0F);
  EXPECT_EQ(grad[1], 0.0F);
  EXPECT_EQ(grad[2], -7.0F);
}

}  // namespace
}  // namespace dyna::nn
