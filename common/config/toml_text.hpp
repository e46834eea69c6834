#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace dyna {

/// "in [0, 1]", "at least 0" or "finite": the part of an error that says what is allowed.
std::string RangeText(double low, double high);
std::string IntRangeText(std::int64_t low, std::int64_t high);
/// "3" or "1 to 8".
std::string SizeText(std::size_t size_min, std::size_t size_max);

/// A TOML float: always with a point or an exponent, so that it never reads back as an integer.
std::string DoubleToml(double value);
/// A quoted, escaped TOML string.
std::string StringToml(const std::string& value);

template <class T, class Format>
std::string ListToml(const std::vector<T>& values, Format format) {
  std::string text = "[";
  for (std::size_t i = 0; i < values.size(); ++i) text += (i == 0 ? "" : ", ") + format(values[i]);
  return text + "]";
}

}  // namespace dyna
