#include "cli/data/column.hpp"

namespace dyna::cli {

std::int64_t ValuesIn(const std::vector<std::int64_t>& shape) {
  std::int64_t values = 1;
  for (const std::int64_t axis : shape) {
    if (axis < 0 || axis > kColumnValuesMax) return -1;
    values *= axis;
    if (values > kColumnValuesMax) return -1;
  }
  return values;
}

std::string ShapeText(const std::vector<std::int64_t>& shape) {
  std::string text = "[";
  for (const std::int64_t axis : shape) {
    if (text.size() > 1) text += ", ";
    text += std::to_string(axis);
  }
  return text + "]";
}

}  // namespace dyna::cli
