#pragma once

#include <cmath>
#include <cstdint>
#include <string>

#include "common/core/error.hpp"

namespace dyna::envs {

/// A count kept in a snapshot, which may come from a file: CheckpointError unless it is an integer
/// that a double holds exactly.
inline std::int64_t CountFromSnapshot(double value, const std::string& env_name) {
  constexpr double kExactIntegerMax = 9007199254740992.0;
  if (!(value >= 0.0 && value <= kExactIntegerMax && value == std::floor(value))) {
    throw CheckpointError("snapshot of " + env_name + ": a count is " + std::to_string(value));
  }
  return static_cast<std::int64_t>(value);
}

}  // namespace dyna::envs
