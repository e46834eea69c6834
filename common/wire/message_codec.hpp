#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>

#include "common/core/error.hpp"
#include "common/wire/envelope.hpp"

namespace dyna::wire {

/// A message ready to be sent: two frames, or three if its type has a payload.
struct EncodedMessage {
  std::array<std::byte, kEnvelopeBytes> envelope = {};
  Bytes header = {};
  Bytes payload = {};
};

/// M is one of the structs of messages_*.hpp. Aborts if a field is beyond its bounds: names that
/// come from a config must have been checked there.
template <class M>
Bytes EncodeHeader(const M& message);

/// kMalformed saying what is wrong. Never throws; allocates at most a small multiple of the header's
/// size, whatever counts it announces; bytes after the last field are wrong too.
template <class M>
Result<M> DecodeHeader(ByteView header);

template <class M>
EncodedMessage Encode(const M& message, std::uint64_t request_id, Bytes payload = {}) {
  EncodedMessage encoded = {.header = EncodeHeader(message), .payload = std::move(payload)};
  encoded.envelope = EncodeEnvelope(M::kType, request_id, encoded.header, encoded.payload);
  return encoded;
}

/// The message of frames that OpenFrames has checked; kMalformed also if it is of another type.
template <class M>
Result<M> Decode(const Frames& frames) {
  if (frames.envelope.type != M::kType) {
    return Error{ErrorCode::kMalformed, std::string(Name(frames.envelope.type)) + " where " +
                                            std::string(Name(M::kType)) + " was expected"};
  }
  return DecodeHeader<M>(frames.header);
}

}  // namespace dyna::wire
