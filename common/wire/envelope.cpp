#include "common/wire/envelope.hpp"

#include <string>

#include "common/core/check.hpp"
#include "common/core/crc32c.hpp"

namespace dyna::wire {
namespace {

constexpr std::uint32_t kMagic = 0x414E5944U;  // "DYNA" in the order of the bytes

// Where each field begins; FORMAT.md has the table.
constexpr std::size_t kProtocolAt = 4;
constexpr std::size_t kTypeAt = 6;
constexpr std::size_t kRequestIdAt = 8;
constexpr std::size_t kHeaderBytesAt = 16;
constexpr std::size_t kReservedAt = 20;
constexpr std::size_t kPayloadBytesAt = 24;
constexpr std::size_t kCrcAt = 32;
constexpr std::size_t kReservedEndAt = 36;

Error Malformed(std::string message) { return {ErrorCode::kMalformed, std::move(message)}; }

std::uint32_t CrcOf(ByteView envelope, ByteView header, ByteView payload) {
  return Crc32c(payload, Crc32c(header, Crc32c(envelope.first(kCrcAt))));
}

/// "its envelope promises 8 header bytes, but 7 are there"
Error WrongLength(const char* frame, std::uint64_t promised, std::size_t present) {
  return Malformed("its envelope promises " + std::to_string(promised) + " " + frame +
                   " bytes, but " + std::to_string(present) + " are there");
}

}  // namespace

std::array<std::byte, kEnvelopeBytes> EncodeEnvelope(MessageType type, std::uint64_t request_id,
                                                     ByteView header, ByteView payload) {
  const MessageInfo* const info = FindMessageInfo(static_cast<std::uint16_t>(type));
  DYNA_CHECK(info != nullptr);
  DYNA_CHECK_MSG(header.size() <= info->header_bytes_max,
                 info->name << " header of " << header.size() << " bytes");
  DYNA_CHECK_MSG(info->has_payload || payload.empty(), info->name << " has no payload");
  std::array<std::byte, kEnvelopeBytes> bytes{};
  StoreAt(bytes.data(), kMagic);
  StoreAt(bytes.data() + kProtocolAt, kProtocol);
  StoreAt(bytes.data() + kTypeAt, static_cast<std::uint16_t>(type));
  StoreAt(bytes.data() + kRequestIdAt, request_id);
  StoreAt(bytes.data() + kHeaderBytesAt, static_cast<std::uint32_t>(header.size()));
  StoreAt(bytes.data() + kPayloadBytesAt, static_cast<std::uint64_t>(payload.size()));
  StoreAt(bytes.data() + kCrcAt, CrcOf(bytes, header, payload));
  return bytes;
}

Result<Envelope> DecodeEnvelope(ByteView head) {
  if (head.size() < kEnvelopeBytes || LoadAt<std::uint32_t>(head.data()) != kMagic) {
    return Malformed("its first frame, of " + std::to_string(head.size()) +
                     " bytes, does not begin with an OpenDyna envelope");
  }
  const auto protocol = LoadAt<std::uint16_t>(head.data() + kProtocolAt);
  if (protocol != kProtocol) {
    return Error{ErrorCode::kVersionMismatch,
                 "the peer speaks protocol " + std::to_string(protocol) +
                     ", this program speaks protocol " + std::to_string(kProtocol)};
  }
  const auto type = LoadAt<std::uint16_t>(head.data() + kTypeAt);
  const MessageInfo* const info = FindMessageInfo(type);
  if (info == nullptr) return Malformed("there is no message type " + std::to_string(type));
  if (LoadAt<std::uint32_t>(head.data() + kReservedAt) != 0 ||
      LoadAt<std::uint32_t>(head.data() + kReservedEndAt) != 0) {
    return Malformed("a reserved field of its envelope is not 0");
  }
  const Envelope envelope = {.type = info->type,
                             .request_id = LoadAt<std::uint64_t>(head.data() + kRequestIdAt),
                             .header_bytes = LoadAt<std::uint32_t>(head.data() + kHeaderBytesAt),
                             .payload_bytes = LoadAt<std::uint64_t>(head.data() + kPayloadBytesAt),
                             .crc = LoadAt<std::uint32_t>(head.data() + kCrcAt)};
  if (envelope.header_bytes > info->header_bytes_max) {
    return Malformed(std::string(info->name) + " header of " +
                     std::to_string(envelope.header_bytes) + " bytes, at most " +
                     std::to_string(info->header_bytes_max) + " are allowed");
  }
  if (!info->has_payload && envelope.payload_bytes != 0) {
    return Malformed(std::string(info->name) + " has no payload");
  }
  return envelope;
}

Result<Frames> OpenFrames(std::span<const ByteView> frames, std::uint64_t payload_bytes_max) {
  if (frames.empty()) return Malformed("a message without frames");
  auto decoded = DecodeEnvelope(frames[0]);
  if (!decoded.ok()) return decoded.error();
  const Envelope& envelope = decoded.value();
  const MessageInfo& info = *FindMessageInfo(static_cast<std::uint16_t>(envelope.type));
  const std::size_t expected = info.has_payload ? 2 : 1;
  if (frames.size() != expected) {
    return Malformed(std::string(info.name) + " of " + std::to_string(frames.size()) +
                     " frames instead of " + std::to_string(expected));
  }
  const ByteView header = frames[0].subspan(kEnvelopeBytes);
  const ByteView payload = info.has_payload ? frames[1] : ByteView();
  if (header.size() != envelope.header_bytes) {
    return WrongLength("header", envelope.header_bytes, header.size());
  }
  if (payload.size() != envelope.payload_bytes) {
    return WrongLength("payload", envelope.payload_bytes, payload.size());
  }
  if (payload.size() > payload_bytes_max) {
    return Malformed(std::string(info.name) + " payload of " + std::to_string(payload.size()) +
                     " bytes, at most " + std::to_string(payload_bytes_max) + " are allowed");
  }
  if (CrcOf(frames[0], header, payload) != envelope.crc) {
    return Malformed(std::string(info.name) + " with a wrong checksum");
  }
  return Frames{.envelope = envelope, .header = header, .payload = payload};
}

}  // namespace dyna::wire
