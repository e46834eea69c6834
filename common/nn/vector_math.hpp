#pragma once

#include <bit>
#include <cstdint>

namespace dyna::nn {

/// Elementary functions that a compiler can vectorise: no branches, no library calls. NaN stays
/// NaN.

/// e^x to 2e-7 of itself; x is held to [-87, 88], where float32 ends.
///   x = n ln 2 + r with |r| <= ln 2 / 2, e^x = 2^n e^r, e^r by its Taylor series to r^7.
inline float VectorExp(float x) {
  constexpr float kLog2E = 1.44269504F;
  // ln 2 in two parts: n times the first is exact.
  constexpr float kLn2High = 0.693359375F, kLn2Low = -2.12194440e-4F;
  // 1.5 * 2^23: adding it rounds to an integer, which is then in the low bits.
  constexpr float kRound = 12582912.0F;
  x = x < -87.0F ? -87.0F : x;
  x = x > 88.0F ? 88.0F : x;
  const float shifted = x * kLog2E + kRound;
  const float n = shifted - kRound;
  const float r = (x - n * kLn2High) - n * kLn2Low;
  float sum = 1.0F / 5040.0F;
  sum = sum * r + 1.0F / 720.0F;
  sum = sum * r + 1.0F / 120.0F;
  sum = sum * r + 1.0F / 24.0F;
  sum = sum * r + 1.0F / 6.0F;
  sum = sum * r + 0.5F;
  sum = sum * r + 1.0F;
  sum = sum * r + 1.0F;
  const auto power = std::bit_cast<float>((std::bit_cast<std::uint32_t>(shifted) + 127U) << 23U);
  return sum * power;
}

/// log(1 + t) for t in [0, 1], to 1.5e-7:  2 artanh(s), s = t / (2 + t) <= 1/3, by its series to
/// s^15.
inline float VectorLog1pUnit(float t) {
  const float s = t / (2.0F + t);
  const float square = s * s;
  float sum = 1.0F / 15.0F;
  sum = sum * square + 1.0F / 13.0F;
  sum = sum * square + 1.0F / 11.0F;
  sum = sum * square + 1.0F / 9.0F;
  sum = sum * square + 1.0F / 7.0F;
  sum = sum * square + 1.0F / 5.0F;
  sum = sum * square + 1.0F / 3.0F;
  sum = sum * square + 1.0F;
  return 2.0F * s * sum;
}

}  // namespace dyna::nn
