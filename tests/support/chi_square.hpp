#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <map>

namespace dyna::testing_support {

/// Wilson and Hilferty 1931: a chi-square quantile from a normal one (4.75 = 1 - 1e-6).
inline double ChiSquareBound(double degrees) {
  const double c = 2.0 / (9.0 * degrees);
  return degrees * std::pow(1.0 - c + 4.753 * std::sqrt(c), 3.0);
}

/// sum (observed - expected)^2 / expected over keys; a key that must not come fails the test.
template <class Key>
double ChiSquare(const std::map<Key, double>& probabilities, const std::map<Key, int>& observed,
                 double draws) {
  for (const auto& [key, count] : observed) EXPECT_TRUE(probabilities.contains(key)) << key;
  double sum = 0.0;
  for (const auto& [key, probability] : probabilities) {
    const auto it = observed.find(key);
    const double count = it == observed.end() ? 0.0 : it->second;
    sum += std::pow(count - draws * probability, 2.0) / (draws * probability);
  }
  return sum;
}

}  // namespace dyna::testing_support
