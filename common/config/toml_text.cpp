#include "common/config/toml_text.hpp"

#include <toml++/toml.h>

#include <limits>
#include <sstream>

#include "common/core/number_text.hpp"

namespace dyna {

std::string RangeText(double low, double high) {
  constexpr double kMax = std::numeric_limits<double>::max();
  if (low == -kMax && high == kMax) return "finite";
  if (high == kMax) return "at least " + NumberText(low);
  return "in [" + NumberText(low) + ", " + NumberText(high) + "]";
}

std::string IntRangeText(std::int64_t low, std::int64_t high) {
  if (high == std::numeric_limits<std::int64_t>::max()) return "at least " + std::to_string(low);
  return "in [" + std::to_string(low) + ", " + std::to_string(high) + "]";
}

std::string SizeText(std::size_t size_min, std::size_t size_max) {
  if (size_min == size_max) return std::to_string(size_min);
  return std::to_string(size_min) + " to " + std::to_string(size_max);
}

std::string DoubleToml(double value) {
  std::string text = NumberText(value);
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

std::string StringToml(const std::string& value) {
  const toml::value<std::string> node(value);
  std::ostringstream out;
  out << toml::toml_formatter(
      node, toml::toml_formatter::default_flags & ~toml::format_flags::allow_literal_strings);
  return out.str();
}

}  // namespace dyna
