#include "common/wire/message_type.hpp"

#include <algorithm>
#include <array>

#include "common/core/check.hpp"

namespace dyna::wire {
namespace {

constexpr std::uint32_t kPlain_bytes = 4096;
constexpr std::uint32_t kWithList_bytes = 65536;

using enum MessageType;
constexpr std::array<MessageInfo, 22> kInfos = {{
    {kHello, "Hello", kPlain_bytes, false},
    {kWelcome, "Welcome", kPlain_bytes, false},
    {kOk, "Ok", 0, false},
    {kRefusal, "Refusal", kPlain_bytes, false},
    {kAppend, "Append", kPlain_bytes, true},
    {kAppendAck, "AppendAck", kPlain_bytes, false},
    {kSample, "Sample", kPlain_bytes, false},
    {kSampleReply, "SampleReply", kPlain_bytes, true},
    {kRead, "Read", kPlain_bytes, false},
    {kReadReply, "ReadReply", kPlain_bytes, true},
    {kUpdatePriorities, "UpdatePriorities", kPlain_bytes, true},
    {kGrant, "Grant", kPlain_bytes, false},
    {kSetCapacity, "SetCapacity", kPlain_bytes, false},
    {kEvictStale, "EvictStale", kPlain_bytes, false},
    {kCounters, "Counters", kPlain_bytes, false},
    {kCountersReply, "CountersReply", kPlain_bytes, false},
    {kFetchWeights, "FetchWeights", kPlain_bytes, false},
    {kWeights, "Weights", kPlain_bytes, true},
    {kNotNewer, "NotNewer", kPlain_bytes, false},
    {kReport, "Report", kWithList_bytes, false},
    {kEpisodeReport, "EpisodeReport", kWithList_bytes, false},
    {kEvaluationReport, "EvaluationReport", kWithList_bytes, false},
}};

}  // namespace

const MessageInfo* FindMessageInfo(std::uint16_t type) noexcept {
  const auto* const found = std::find_if(
      kInfos.begin(), kInfos.end(),
      [&](const MessageInfo& info) { return static_cast<std::uint16_t>(info.type) == type; });
  return found == kInfos.end() ? nullptr : found;
}

std::string_view Name(MessageType type) noexcept {
  const MessageInfo* const info = FindMessageInfo(static_cast<std::uint16_t>(type));
  DYNA_CHECK(info != nullptr);
  return info->name;
}

}  // namespace dyna::wire
