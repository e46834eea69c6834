#include "common/core/number_text.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace dyna {

std::string NumberText(double value) {
  if (std::isnan(value)) return "nan";  // never "-nan": the sign of a NaN means nothing
  std::array<char, 32> buffer = {};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

}  // namespace dyna
