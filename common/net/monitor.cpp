#include "common/net/monitor.hpp"

#include <zmq.h>

#include <cstring>

#include "common/core/check.hpp"
#include "common/net/socket_io.hpp"

namespace dyna::net {
namespace {

struct EventInfo {
  SocketEvent event;
  std::uint16_t number;
  std::string_view name;
};

// In the order of SocketEvent.
constexpr std::array<EventInfo, kSocketEvents> kEvents = {{
    {SocketEvent::kConnected, ZMQ_EVENT_CONNECTED, "connected"},
    {SocketEvent::kConnectDelayed, ZMQ_EVENT_CONNECT_DELAYED, "connect_delayed"},
    {SocketEvent::kConnectRetried, ZMQ_EVENT_CONNECT_RETRIED, "connect_retried"},
    {SocketEvent::kListening, ZMQ_EVENT_LISTENING, "listening"},
    {SocketEvent::kBindFailed, ZMQ_EVENT_BIND_FAILED, "bind_failed"},
    {SocketEvent::kAccepted, ZMQ_EVENT_ACCEPTED, "accepted"},
    {SocketEvent::kAcceptFailed, ZMQ_EVENT_ACCEPT_FAILED, "accept_failed"},
    {SocketEvent::kClosed, ZMQ_EVENT_CLOSED, "closed"},
    {SocketEvent::kCloseFailed, ZMQ_EVENT_CLOSE_FAILED, "close_failed"},
    {SocketEvent::kDisconnected, ZMQ_EVENT_DISCONNECTED, "disconnected"},
    {SocketEvent::kHandshakeSucceeded, ZMQ_EVENT_HANDSHAKE_SUCCEEDED, "handshake_succeeded"},
    {SocketEvent::kHandshakeFailed, ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, "handshake_failed"},
    {SocketEvent::kHandshakeFailedProtocol, ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL,
     "handshake_failed_protocol"},
    {SocketEvent::kHandshakeFailedAuth, ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, "handshake_failed_auth"},
}};

// The I/O thread stops when this many wait unread; a loop that reads none for so long is stuck.
constexpr int kUnreadMax = 10'000;

}  // namespace

std::string_view Name(SocketEvent event) noexcept {
  return kEvents[static_cast<std::size_t>(event)].name;
}

Monitor::Monitor(zmq::context_t& context, zmq::socket_t& socket, EventCounters* counters)
    : socket_(&socket), counters_(counters), events_(context, zmq::socket_type::pair) {
  // Sockets of one context share one name space, and no two live ones an address in memory.
  const std::string address =
      "inproc://monitor-" + std::to_string(reinterpret_cast<std::uintptr_t>(socket.handle()));
  const int rc = zmq_socket_monitor(socket.handle(), address.c_str(), ZMQ_EVENT_ALL);
  DYNA_CHECK_MSG(rc == 0, zmq_strerror(zmq_errno()));
  events_.set(zmq::sockopt::linger, 0);
  events_.set(zmq::sockopt::rcvhwm, kUnreadMax);
  events_.connect(address);
}

Monitor::~Monitor() { zmq_socket_monitor(socket_->handle(), nullptr, 0); }

std::optional<SocketEvent> Monitor::Next() {
  std::array<Frame, 2> frames;  // event number and value; the address
  while (ReceiveFrames(events_, frames) != 0) {
    std::uint16_t number = 0;
    DYNA_CHECK(frames[0].size() >= sizeof(number) + sizeof(value_));
    std::memcpy(&number, frames[0].data(), sizeof(number));
    std::memcpy(&value_, frames[0].data() + sizeof(number), sizeof(value_));
    for (const EventInfo& info : kEvents) {
      if (info.number != number) continue;
      if (counters_ != nullptr) counters_->Add(info.event);
      return info.event;
    }
  }
  return std::nullopt;
}

}  // namespace dyna::net
