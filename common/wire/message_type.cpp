#include "common/wire/message_type.hpp"

#include <algorithm>
#include <array>

#include "common/core/check.hpp"

namespace dyna::wire {
namespace {

constexpr std::uint32_t kPlainHeaderBytes = 4096;
constexpr std::uint32_t kListHeaderBytes = 65536;
constexpr std::uint32_t kSpacesHeaderBytes = 1'048'576;

using enum MessageType;
constexpr std::array<MessageInfo, 24> kInfos = {{
    {kHello, "Hello", kPlainHeaderBytes, false},
    {kWelcome, "Welcome", kPlainHeaderBytes, false},
    {kOk, "Ok", 0, false},
    {kRefusal, "Refusal", kPlainHeaderBytes, false},
    {kDescribe, "Describe", 0, false},
    {kEnvironment, "Environment", kSpacesHeaderBytes, false},
    {kAppend, "Append", kPlainHeaderBytes, true},
    {kAppendAck, "AppendAck", kPlainHeaderBytes, false},
    {kSample, "Sample", kPlainHeaderBytes, false},
    {kSampleReply, "SampleReply", kPlainHeaderBytes, true},
    {kRead, "Read", kPlainHeaderBytes, false},
    {kReadReply, "ReadReply", kPlainHeaderBytes, true},
    {kUpdatePriorities, "UpdatePriorities", kPlainHeaderBytes, true},
    {kGrant, "Grant", kPlainHeaderBytes, false},
    {kSetCapacity, "SetCapacity", kPlainHeaderBytes, false},
    {kEvictStale, "EvictStale", kPlainHeaderBytes, false},
    {kCounters, "Counters", kPlainHeaderBytes, false},
    {kCountersReply, "CountersReply", kPlainHeaderBytes, false},
    {kFetchWeights, "FetchWeights", kPlainHeaderBytes, false},
    {kWeights, "Weights", kPlainHeaderBytes, true},
    {kNotNewer, "NotNewer", kPlainHeaderBytes, false},
    {kReport, "Report", kListHeaderBytes, false},
    {kEpisodeReport, "EpisodeReport", kListHeaderBytes, false},
    {kEvaluationReport, "EvaluationReport", kListHeaderBytes, false},
}};

const MessageInfo& InfoOf(MessageType type) noexcept {
  const MessageInfo* const info = FindMessageInfo(static_cast<std::uint16_t>(type));
  DYNA_CHECK(info != nullptr);
  return *info;
}

}  // namespace

const MessageInfo* FindMessageInfo(std::uint16_t type) noexcept {
  const auto* const found = std::find_if(
      kInfos.begin(), kInfos.end(),
      [&](const MessageInfo& info) { return static_cast<std::uint16_t>(info.type) == type; });
  return found == kInfos.end() ? nullptr : found;
}

bool HasPayload(MessageType type) noexcept { return InfoOf(type).has_payload; }

std::string_view Name(MessageType type) noexcept { return InfoOf(type).name; }

}  // namespace dyna::wire
