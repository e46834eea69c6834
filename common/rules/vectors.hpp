#pragma once

#include <cmath>
#include <cstddef>
#include <span>

namespace dyna::rules {

inline double SquaredNorm(std::span<const double> values) noexcept {
  double sum = 0.0;
  for (const double value : values) sum += value * value;
  return sum;
}

/// Euclidean distance of two points of the same size.
inline double Distance(std::span<const double> a, std::span<const double> b) noexcept {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(sum);
}

/// Sum of absolute differences of two points of the same size.
inline double ManhattanDistance(std::span<const double> a, std::span<const double> b) noexcept {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::abs(a[i] - b[i]);
  return sum;
}

}  // namespace dyna::rules
