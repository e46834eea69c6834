#pragma once

#include <cstdint>
#include <string>

#include "common/wire/message_type.hpp"

namespace dyna::wire {

/// Answered at once by Weights if something newer than `newer_than` is published, else by NotNewer.
struct FetchWeights {
  static constexpr MessageType kType = MessageType::kFetchWeights;
  std::string name = {};         ///< kPolicyWeights, kModelWeights
  std::uint64_t newer_than = 0;  ///< 0: anything
  bool operator==(const FetchWeights&) const = default;
};

/// Payload: the blob's arrays as one state (common/checkpoint/state_codec).
struct Weights {
  static constexpr MessageType kType = MessageType::kWeights;
  std::string name = {};
  std::uint64_t version = 0;
  std::uint64_t env_steps = 0;  ///< real steps the publisher had seen when it answered
  bool operator==(const Weights&) const = default;
};

struct NotNewer {
  static constexpr MessageType kType = MessageType::kNotNewer;
  std::string name = {};
  std::uint64_t version = 0;  ///< the newest there is; 0 = none yet
  std::uint64_t env_steps = 0;
  bool operator==(const NotNewer&) const = default;
};

}  // namespace dyna::wire
