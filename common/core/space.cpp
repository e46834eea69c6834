#include "common/core/space.hpp"

#include <cmath>
#include <sstream>
#include <utility>

#include "common/core/check.hpp"

namespace dyna {
namespace {

void Print(std::ostream& out, const std::vector<double>& values) {
  out << '[';
  for (std::size_t i = 0; i < values.size(); ++i) out << (i == 0 ? "" : ", ") << values[i];
  out << ']';
}

}  // namespace

Space Space::Box(std::vector<double> low, std::vector<double> high) {
  DYNA_CHECK(!low.empty() && low.size() == high.size());
  for (std::size_t i = 0; i < low.size(); ++i) DYNA_CHECK(low[i] <= high[i]);
  return {.kind = Kind::kBox, .low = std::move(low), .high = std::move(high)};
}

Space Space::Discrete(std::int64_t n) {
  DYNA_CHECK(n > 0);
  return {.kind = Kind::kDiscrete, .n = n};
}

std::int64_t Space::columns() const noexcept {
  return discrete() ? 1 : static_cast<std::int64_t>(low.size());
}

std::int64_t Space::features() const noexcept { return discrete() ? n : columns(); }

bool Space::Contains(std::span<const double> value) const noexcept {
  if (static_cast<std::int64_t>(value.size()) != columns()) return false;
  if (discrete()) {
    return value[0] >= 0 && value[0] < static_cast<double>(n) && value[0] == std::floor(value[0]);
  }
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (!std::isfinite(value[i]) || value[i] < low[i] || value[i] > high[i]) return false;
  }
  return true;
}

std::string Space::ToString() const {
  std::ostringstream out;
  if (discrete()) {
    out << "Discrete(" << n << ")";
  } else {
    out << "Box(";
    Print(out, low);
    out << ", ";
    Print(out, high);
    out << ")";
  }
  return out.str();
}

}  // namespace dyna
