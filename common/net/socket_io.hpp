#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "common/core/error.hpp"
#include "common/net/clock.hpp"
#include "common/net/frame.hpp"
#include "common/wire/message_codec.hpp"

namespace dyna::net {

enum class SendOutcome : std::uint8_t {
  kSent,  ///< the frames are the socket's now
  kFull,  ///< its queue is full, or nobody is connected; nothing was sent
  kGone,  ///< ROUTER only: that peer is not connected any more
};

/// Sends the frames as one message, without waiting. They are untouched unless kSent.
SendOutcome SendFrames(zmq::socket_t& socket, std::span<Frame* const> frames);

/// Receives one message into `frames`, without waiting, and returns how many frames it had: 0 if
/// there is none. Those beyond frames.size() are dropped.
std::size_t ReceiveFrames(zmq::socket_t& socket, std::span<Frame> frames);

/// A message that has arrived and passed OpenFrames. Owns its frames; move-only.
class Received {
 public:
  /// Takes the frames over if they are right.
  static Result<Received> Open(std::span<Frame> frames, std::uint64_t payload_bytes_max);

  const wire::Envelope& envelope() const noexcept { return envelope_; }
  std::uint64_t request_id() const noexcept { return envelope_.request_id; }
  wire::MessageType type() const noexcept { return envelope_.type; }
  std::size_t bytes() const noexcept { return head_.size() + payload_.size(); }
  /// Good until this object is moved.
  wire::ByteView payload() const noexcept { return payload_.view(); }
  template <class M>
  Result<M> Decode() const {
    return wire::Decode<M>({.envelope = envelope_,
                            .header = head_.view().subspan(wire::kEnvelopeBytes),
                            .payload = payload_.view()});
  }

 private:
  wire::Envelope envelope_ = {};
  Frame head_ = {};
  Frame payload_ = {};
};

/// Something a loop can wait for.
class Pollable {
 public:
  virtual ~Pollable() = default;
  /// What becomes readable when there is something to do.
  virtual void AddTo(std::vector<zmq_pollitem_t>& items) const = 0;
};

/// Waits until one of them has something to do, a signal arrives, or `wait` is over.
/// libzmq's sockets stay readable until they are read: Poll() them all afterwards.
void WaitForAny(std::span<const Pollable* const> sockets, Milliseconds wait);

}  // namespace dyna::net
