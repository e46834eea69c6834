#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <zmq.hpp>

namespace dyna::net {

/// What can happen to a connection (zmq_socket_monitor(3)).
enum class SocketEvent : std::uint8_t {
  kConnected,
  kConnectDelayed,
  kConnectRetried,
  kListening,
  kBindFailed,
  kAccepted,
  kAcceptFailed,
  kClosed,
  kCloseFailed,
  kDisconnected,
  kHandshakeSucceeded,
  kHandshakeFailed,          ///< without a reason
  kHandshakeFailedProtocol,  ///< the peer speaks no ZMTP, or another version
  kHandshakeFailedAuth,
};
inline constexpr std::size_t kSocketEvents = 14;
/// "handshake_failed_auth"; a metric's label.
std::string_view Name(SocketEvent event) noexcept;

/// How often each has happened, over any number of sockets of any threads.
class EventCounters {
 public:
  void Add(SocketEvent event) noexcept {
    counts_[static_cast<std::size_t>(event)].fetch_add(1, std::memory_order_relaxed);
  }
  std::uint64_t count(SocketEvent event) const noexcept {
    return counts_[static_cast<std::size_t>(event)].load(std::memory_order_relaxed);
  }

 private:
  std::array<std::atomic<std::uint64_t>, kSocketEvents> counts_ = {};
};

/// Reads what happens to the connections of one socket, in the socket's own thread: it has none
/// and owns no global.
class Monitor {
 public:
  /// Borrows the counters, if given. `socket` must not have bound or connected yet, and outlives
  /// it.
  Monitor(zmq::context_t& context, zmq::socket_t& socket, EventCounters* counters);
  ~Monitor();
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;

  /// The next event, if there is one.
  std::optional<SocketEvent> Next();
  /// What libzmq says beside the event that Next() gave last: the descriptor, for kListening.
  std::int32_t value() const noexcept { return value_; }
  /// Readable when there is an event.
  void* handle() const noexcept { return events_.handle(); }

 private:
  zmq::socket_t* socket_;
  EventCounters* counters_;
  std::int32_t value_ = 0;
  mutable zmq::socket_t events_;
};

}  // namespace dyna::net
