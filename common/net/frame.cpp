#include "common/net/frame.hpp"

#include <zmq.h>

#include <memory>
#include <utility>

namespace dyna::net {
namespace {

/// Called by an I/O thread when the bytes are sent.
void ReleaseSentPayload(void* /*data*/, void* owner) {
  const std::unique_ptr<wire::Bytes> bytes(static_cast<wire::Bytes*>(owner));
}

zmq::message_t TakeOver(wire::Bytes&& bytes) {
  if (bytes.size() <= Frame::kTakeOverBytes) return {bytes.data(), bytes.size()};
  auto owner = std::make_unique<wire::Bytes>(std::move(bytes));
  zmq::message_t message(owner->data(), owner->size(), ReleaseSentPayload, owner.get());
  (void)owner.release();  // the message's from here
  return message;
}

}  // namespace

Frame::Frame(wire::Bytes&& bytes) : message_(TakeOver(std::move(bytes))) {}

std::string Frame::user_id() {
  const char* const id = zmq_msg_gets(message_.handle(), "User-Id");
  return id == nullptr ? std::string() : std::string(id);
}

Frame Frame::Share() {
  Frame shared;
  shared.message_.copy(message_);
  return shared;
}

}  // namespace dyna::net
