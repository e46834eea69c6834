#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/error.hpp"

namespace dyna::cli {

/// A file of transitions that cannot be read or does not fit the environment. The message names
/// file, key, shape or row, and what is allowed.
class DataError : public OperatorError {
 public:
  using OperatorError::OperatorError;
};

/// One array of a data file. Values are float32, whatever type the file has.
struct Column {
  enum class Type : std::uint8_t { kFloat32, kInt64, kBool };

  std::vector<std::int64_t> shape = {};
  std::vector<float> values = {};  ///< row-major
  Type type = Type::kFloat32;      ///< to be written as
  bool operator==(const Column&) const = default;
};

using Columns = std::map<std::string, Column>;

/// Most numbers that one array of a file may have: 4 GiB as float32.
inline constexpr std::int64_t kColumnValuesMax = std::int64_t{1} << 30;

/// The product of `shape`; -1 when it is beyond kColumnValuesMax or an axis is negative.
std::int64_t ValuesIn(const std::vector<std::int64_t>& shape);
/// "[100, 3]".
std::string ShapeText(const std::vector<std::int64_t>& shape);

/// The keys that mean something here; whatever else a file holds is left alone. D4RL's files say
/// terminals and timeouts, Gymnasium and Minari terminations and truncations.
inline constexpr std::string_view kDataKeys[] = {"observations",      "actions",    "rewards",
                                                 "next_observations", "terminals",  "terminations",
                                                 "timeouts",          "truncations"};

}  // namespace dyna::cli
