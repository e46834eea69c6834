#include "common/net/socket_io.hpp"

#include <zmq.h>

#include <array>
#include <cerrno>
#include <utility>

#include "common/core/check.hpp"

// libzmq's C calls rather than cppzmq's: a full queue and a vanished peer are everyday here, not
// exceptions. What is left is our own bug: a closed socket, two threads on one.

namespace dyna::net {

SendOutcome SendFrames(zmq::socket_t& socket, std::span<Frame* const> frames) {
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const int more = i + 1 < frames.size() ? ZMQ_SNDMORE : 0;
    int rc = 0;
    do {
      rc = zmq_msg_send(frames[i]->native().handle(), socket.handle(), ZMQ_DONTWAIT | more);
    } while (rc == -1 && zmq_errno() == EINTR);
    if (rc >= 0) continue;
    // libzmq takes a message whole or refuses its first frame.
    DYNA_CHECK_MSG(i == 0, zmq_strerror(zmq_errno()));
    if (zmq_errno() == EAGAIN) return SendOutcome::kFull;
    DYNA_CHECK_MSG(zmq_errno() == EHOSTUNREACH, zmq_strerror(zmq_errno()));
    return SendOutcome::kGone;
  }
  return SendOutcome::kSent;
}

std::size_t ReceiveFrames(zmq::socket_t& socket, std::span<Frame> frames) {
  std::size_t count = 0;
  Frame surplus;
  for (bool more = true; more; ++count) {
    Frame& frame = count < frames.size() ? frames[count] : surplus;
    int rc = 0;
    do {
      rc = zmq_msg_recv(frame.native().handle(), socket.handle(), ZMQ_DONTWAIT);
    } while (rc == -1 && zmq_errno() == EINTR);
    if (rc == -1) {
      DYNA_CHECK_MSG(count == 0 && zmq_errno() == EAGAIN, zmq_strerror(zmq_errno()));
      return 0;
    }
    more = frame.native().more();
  }
  return count;
}

Result<Received> Received::Open(std::span<Frame> frames, std::uint64_t payload_bytes_max) {
  std::array<wire::ByteView, 2> views;
  if (frames.size() > views.size()) {
    return Error{ErrorCode::kMalformed, "a message of more than two frames"};
  }
  for (std::size_t i = 0; i < frames.size(); ++i) views[i] = frames[i].view();
  const auto opened = wire::OpenFrames(std::span(views).first(frames.size()), payload_bytes_max);
  if (!opened.ok()) return opened.error();
  Received received;
  received.envelope_ = opened.value().envelope;
  received.head_ = std::move(frames[0]);
  if (frames.size() > 1) received.payload_ = std::move(frames[1]);
  return received;
}

void WaitForAny(std::span<const Pollable* const> sockets, Milliseconds wait) {
  std::vector<zmq_pollitem_t> items;
  for (const Pollable* const socket : sockets) socket->AddTo(items);
  const int rc = zmq_poll(items.data(), static_cast<int>(items.size()), wait.count());
  DYNA_CHECK_MSG(rc >= 0 || zmq_errno() == EINTR, zmq_strerror(zmq_errno()));
}

}  // namespace dyna::net
