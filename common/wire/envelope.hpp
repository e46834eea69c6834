#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "common/core/error.hpp"
#include "common/wire/bytes.hpp"
#include "common/wire/message_type.hpp"

namespace dyna::wire {

/// Both ends of a connection speak the same protocol or part with kVersionMismatch.
inline constexpr std::uint16_t kProtocol = 1;
inline constexpr std::size_t kEnvelopeBytes = 40;

/// The first bytes of every message: what the rest of it must be (layout: FORMAT.md).
struct Envelope {
  MessageType type = MessageType::kOk;
  std::uint64_t request_id = 0;  ///< chosen by who asks, repeated by who answers
  std::uint32_t header_bytes = 0;
  std::uint64_t payload_bytes = 0;
  std::uint32_t crc = 0;  ///< CRC-32C of the envelope's first 32 bytes, the header and the payload
  bool operator==(const Envelope&) const = default;
};

/// A message's frames as they lie in the transport's buffers, checked by OpenFrames.
struct Frames {
  Envelope envelope = {};
  ByteView header = {};
  ByteView payload = {};  ///< empty if the type has none
};

/// The envelope for this header and payload. Aborts if they are not what the type allows.
std::array<std::byte, kEnvelopeBytes> EncodeEnvelope(MessageType type, std::uint64_t request_id,
                                                     ByteView header, ByteView payload);

/// Checks the fixed layout at the front of `head` alone: kMalformed (junk, unknown type, header
/// longer than its type allows) or kVersionMismatch naming both protocols.
Result<Envelope> DecodeEnvelope(ByteView head);

/// Checks everything that can be checked before a decoder runs: the number of frames, the
/// envelope, the lengths of header and payload, a payload of at most `payload_bytes_max`, and the
/// CRC last. The result points into `frames`. Allocates nothing but an error's message.
Result<Frames> OpenFrames(std::span<const ByteView> frames, std::uint64_t payload_bytes_max);

}  // namespace dyna::wire
