#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace dyna::rules {

inline constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();

inline bool AllFinite(std::span<const double> values) noexcept {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

inline bool AllFinite(std::span<const double> obs, std::span<const double> action,
                      std::span<const double> next_obs) noexcept {
  return AllFinite(obs) && AllFinite(action) && AllFinite(next_obs);
}

}  // namespace dyna::rules
