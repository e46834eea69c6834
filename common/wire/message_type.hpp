#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace dyna::wire {

/// Numbers are the wire's and never change their meaning; a retired one is not given again.
enum class MessageType : std::uint16_t {
  kHello = 1,
  kWelcome = 2,
  kOk = 3,
  kRefusal = 4,
  kDescribe = 5,
  kEnvironment = 6,
  kAppend = 16,
  kAppendAck = 17,
  kSample = 18,
  kSampleReply = 19,
  kRead = 20,
  kReadReply = 21,
  kUpdatePriorities = 22,
  kGrant = 23,
  kSetCapacity = 24,
  kEvictStale = 25,
  kCounters = 26,
  kCountersReply = 27,
  kFetchWeights = 32,
  kWeights = 33,
  kNotNewer = 34,
  kReport = 48,
  kEpisodeReport = 49,
  kEvaluationReport = 50,
};

/// What the envelope of a message of some type may announce.
struct MessageInfo {
  MessageType type = MessageType::kOk;
  std::string_view name = {};
  std::uint32_t header_bytes_max = 0;
  bool has_payload = false;  ///< then there are two frames, else one
};

/// Of any first frame.
inline constexpr std::uint64_t kHeadBytesMax = 40 + 65'536;

/// Null if there is no such message.
const MessageInfo* FindMessageInfo(std::uint16_t type) noexcept;
/// Whether a message of this type has a second frame.
bool HasPayload(MessageType type) noexcept;
/// "Append"; for logs and metric labels.
std::string_view Name(MessageType type) noexcept;

}  // namespace dyna::wire
