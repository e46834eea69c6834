#pragma once

#include <optional>
#include <span>

#include "common/net/clock.hpp"
#include "common/net/context.hpp"
#include "common/net/endpoint.hpp"
#include "common/net/frame.hpp"

namespace dyna::net {

/// A DEALER that asks one server one thing at a time, for peers that do not speak the cluster's
/// protocol. Messages are single frames. Reconnects by itself; what was sent to a server that died
/// is lost, so the caller gives up after a time. Single-threaded.
class RequestSocket {
 public:
  RequestSocket(Context& context, const Endpoint& endpoint);

  /// False: its queue is full.
  bool Send(Frame frame);
  /// The next message, if one has arrived; never waits.
  std::optional<Frame> Receive();
  /// Until a message arrives, one of `files` is readable or closed, a signal comes or `wait` is
  /// over. True for a message.
  bool Wait(std::span<const int> files, Milliseconds wait);

 private:
  zmq::socket_t socket_;
};

}  // namespace dyna::net
