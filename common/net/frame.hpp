#pragma once

#include <cstddef>
#include <string>
#include <zmq.hpp>

#include "common/wire/bytes.hpp"

namespace dyna::net {

/// One frame: bytes that a socket sends or has received without copying them. Move-only; a view is
/// good until its frame is moved, sent or destroyed (short frames lie inside the object).
class Frame {
 public:
  /// Above this, taking bytes over costs less than copying them.
  static constexpr std::size_t kTakeOverBytes = 4096;

  Frame() = default;
  /// Room for `size` bytes, to be written through data(): payloads are encoded in place.
  explicit Frame(std::size_t size) : message_(size) {}
  /// A copy.
  explicit Frame(wire::ByteView bytes) : message_(bytes.data(), bytes.size()) {}
  /// Takes long bytes over, copies short ones.
  explicit Frame(wire::Bytes&& bytes);

  std::byte* data() noexcept { return static_cast<std::byte*>(message_.data()); }
  std::size_t size() const noexcept { return message_.size(); }
  wire::ByteView view() const noexcept {
    return {static_cast<const std::byte*>(message_.data()), message_.size()};
  }
  /// Of a frame that has arrived: the public key of who sent it, as the ZapHandler has put it;
  /// empty without keys.
  std::string user_id();
  /// Another frame of the same bytes, which from now on nobody may change.
  Frame Share();

  zmq::message_t& native() noexcept { return message_; }

 private:
  zmq::message_t message_;
};

}  // namespace dyna::net
