#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "common/core/error.hpp"
#include "common/wire/envelope.hpp"

namespace dyna::wire {

/// Appends the header of M, one of the structs of messages_*.hpp. Aborts if a field is beyond its
/// bounds: names that come from a config must have been checked there.
template <class M>
void EncodeHeader(const M& message, Bytes& to);

/// kMalformed saying what is wrong. Never throws; allocates at most a small multiple of the
/// header's size, whatever counts it announces; bytes after the last field are wrong too.
template <class M>
Result<M> DecodeHeader(ByteView header);

/// The first frame of a message, in place of what `head` was; `payload` is the second, if M has
/// one. A buffer that is used again and again is not allocated again.
template <class M>
void EncodeHead(const M& message, std::uint64_t request_id, ByteView payload, Bytes& head) {
  head.resize(kEnvelopeBytes);
  EncodeHeader(message, head);
  const auto envelope =
      EncodeEnvelope(M::kType, request_id, ByteView(head).subspan(kEnvelopeBytes), payload);
  std::copy(envelope.begin(), envelope.end(), head.begin());
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
