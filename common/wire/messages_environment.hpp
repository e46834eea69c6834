#pragma once

#include "common/core/env_spec.hpp"
#include "common/wire/message_type.hpp"

namespace dyna::wire {

/// Asks a replay shard what the environment is like. Answered by Environment, or refused with
/// kBackpressure until an actor has told.
struct Describe {
  static constexpr MessageType kType = MessageType::kDescribe;
  bool operator==(const Describe&) const = default;
};

/// What the environment is like: told to a shard by whoever knows it, and by the shard to whoever
/// asks. Only actors have environments; all others learn of them in this way.
struct Environment {
  static constexpr MessageType kType = MessageType::kEnvironment;
  static constexpr std::size_t kBoundsMax = 8192;  ///< entries of a box
  static constexpr std::size_t kStateNamesMax = 4096;
  static constexpr std::int64_t kDiscreteMax = 1'048'576;
  EnvSpec spec = {};
  bool operator==(const Environment&) const = default;
};

}  // namespace dyna::wire
