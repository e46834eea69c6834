#pragma once

// Only for messages_*.cpp, so that cereal stays out of everybody else's includes.

#include <string>

#include "common/wire/bounded_fields.hpp"
#include "common/wire/message_codec.hpp"

namespace dyna::wire {

template <class M>
void EncodeHeader(const M& message, Bytes& to) {
  BoundedWriter archive(to);
  archive(message);
}

template <class M>
Result<M> DecodeHeader(ByteView header) {
  M message;
  BoundedReader archive(header);
  archive(message);
  if (!archive.failed() && archive.bytes_left() != 0) {
    archive.Fail(std::to_string(archive.bytes_left()) + " bytes follow its last field");
  }
  if (archive.failed()) {
    return Error{ErrorCode::kMalformed,
                 std::string(Name(M::kType)) + " header: " + archive.problem()};
  }
  return message;
}

}  // namespace dyna::wire

/// Makes EncodeHeader and DecodeHeader of one message; its serialize() must be visible.
#define DYNA_WIRE_MESSAGE(Message)                             \
  template void EncodeHeader<Message>(const Message&, Bytes&); \
  template Result<Message> DecodeHeader<Message>(ByteView)
