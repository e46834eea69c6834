#pragma once

#include <cstdint>
#include <functional>
#include <zmq.hpp>

#include "common/config/config.hpp"
#include "common/net/clock.hpp"

namespace dyna::net {

/// What every socket is set to. libzmq's defaults are made for demonstrations: unlimited messages,
/// queues for peers that are not there, a close that may wait for ever, no heartbeat. The table in
/// the .cpp says option by option why it is what it is.
struct SocketOptions {
  /// Whole messages that may wait in a socket, per peer and direction.
  int messages_max = 512;
  /// A peer that sends a longer frame is disconnected before the frame is stored.
  std::int64_t frame_bytes_max = std::int64_t{64} << 20U;
  /// How long a closed socket may go on sending.
  Milliseconds linger{500};
  /// A peer whose process or network is gone is noticed after three of these.
  Milliseconds heartbeat{1000};
  /// For TCP to connect, and then for ZMTP to shake hands.
  Milliseconds connect_timeout{5000};
  /// Where keys are set, before bind or connect; none: no encryption, no authentication.
  std::function<void(zmq::socket_t&)> secure = {};

  /// Reads net.messages_max, net.frame_mib_max, net.linger_ms, net.heartbeat_ms and
  /// net.connect_timeout_ms.
  static SocketOptions From(Config& config);
  /// The same for messages with payloads of at most so many bytes: longer frames are cut off by the
  /// transport.
  SocketOptions For(std::uint64_t payload_bytes_max) const;
};

/// A DEALER that has not connected and never reconnects by itself: Connection does that.
zmq::socket_t MakeDealer(zmq::context_t& context, const SocketOptions& options);
/// A ROUTER that has not bound.
zmq::socket_t MakeRouter(zmq::context_t& context, const SocketOptions& options);

}  // namespace dyna::net
