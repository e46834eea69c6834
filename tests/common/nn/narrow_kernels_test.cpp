#include "common/nn/narrow_kernels.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "common/core/rng.hpp"

namespace dyna::nn {
namespace {

float Widened(Bfloat16 narrow) { return std::bit_cast<float>(std::uint32_t{narrow} << 16U); }

float Rounded(float x) {
  Bfloat16 narrow = 0;
  Narrow(1, &x, &narrow);
  return Widened(narrow);
}

/// The nearest number with 8 significant bits, by arithmetic instead of bits.
float Nearest(float x) {
  int exponent = 0;
  const double fraction = std::frexp(static_cast<double>(x), &exponent);
  return static_cast<float>(std::ldexp(std::nearbyint(std::ldexp(fraction, 8)), exponent - 8));
}

TEST(NarrowTest, RoundsToTheNearestNumberOfEightBits) {
  Rng rng(1, "narrow");
  std::vector<float> x(1003);
  for (float& value : x) {
    value = static_cast<float>(rng.Normal() * std::pow(10.0, 20.0 * rng.Uniform() - 10.0));
  }
  std::vector<Bfloat16> narrow(x.size());
  Narrow(static_cast<std::int64_t>(x.size()), x.data(), narrow.data());
  for (std::size_t i = 0; i < x.size(); ++i) EXPECT_EQ(Widened(narrow[i]), Nearest(x[i])) << x[i];
}

TEST(NarrowTest, TiesGoToTheEvenNeighbour) {
  EXPECT_EQ(Rounded(1.0F + 1.0F / 256), 1.0F);
  EXPECT_EQ(Rounded(1.0F + 3.0F / 256), 1.0F + 4.0F / 256);
}

TEST(NarrowTest, WhatIsNoNumberStaysNone) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(Rounded(kInfinity), kInfinity);
  EXPECT_EQ(Rounded(-kInfinity), -kInfinity);
  EXPECT_EQ(Rounded(std::numeric_limits<float>::max()), kInfinity);
  for (const std::uint32_t bits : {0x7F800001U, 0x7FFFFFFFU, 0xFFFFFFFFU, 0x7FC00000U}) {
    EXPECT_TRUE(std::isnan(Rounded(std::bit_cast<float>(bits)))) << bits;
  }
  EXPECT_TRUE(std::signbit(Rounded(-0.0F)));
}

}  // namespace
}  // namespace dyna::nn
