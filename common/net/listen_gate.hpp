#pragma once

#include <cstddef>

#include "common/net/monitor.hpp"

namespace dyna::net {

/// Bounds the connections of a listening TCP socket, whether they have shaken hands or not: libzmq
/// itself accepts until the process has no descriptors left, and then tries again without pause.
/// While there are as many as may be, the kernel is told to drop the first packet of new ones; who
/// is serious repeats it and gets in when another has ended. Counts what the socket's Monitor
/// tells, so a server that does not poll for a while lets some more in. Single-threaded.
class ListenGate {
 public:
  /// `listener`: the socket's descriptor, borrowed. At most three quarters of the descriptors that
  /// the process may have are given to connections, whatever `connections_max` says.
  ListenGate(int listener, std::size_t connections_max);

  void On(SocketEvent event);

  std::size_t connections() const noexcept { return connections_; }
  std::size_t connections_max() const noexcept { return connections_max_; }
  bool closed() const noexcept { return closed_; }

 private:
  int listener_;
  std::size_t connections_max_;
  std::size_t connections_ = 0;
  bool closed_ = false;
};

}  // namespace dyna::net
