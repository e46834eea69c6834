#include "common/net/socket_options.hpp"

#include <algorithm>

#include "common/wire/message_type.hpp"

namespace dyna::net {
namespace {

constexpr std::int64_t kMebibyte = std::int64_t{1} << 20U;

int Int(Milliseconds time) { return static_cast<int>(time.count()); }

Milliseconds ReadTime(Config& config, const char* key, Milliseconds fallback, int low, int high) {
  return Milliseconds(config.GetInt(key, fallback.count(), low, high));
}

/// The table: every option of both kinds of socket that matters, set on purpose.
void SetCommon(zmq::socket_t& socket, const SocketOptions& options) {
  namespace opt = zmq::sockopt;
  // Counted in messages, not bytes: windows in bytes bound memory, these only bound surprises.
  socket.set(opt::sndhwm, options.messages_max);
  socket.set(opt::rcvhwm, options.messages_max);
  socket.set(opt::maxmsgsize, options.frame_bytes_max);
  // The default, for ever, hangs at exit when a peer is gone.
  socket.set(opt::linger, Int(options.linger));
  // Without heartbeats a pulled cable is noticed after minutes. TTL counts in steps of 100 ms.
  socket.set(opt::heartbeat_ivl, Int(options.heartbeat));
  socket.set(opt::heartbeat_timeout, Int(3 * options.heartbeat));
  socket.set(opt::heartbeat_ttl, Int(3 * options.heartbeat));
  // A peer that connects and says nothing holds no socket for half a minute.
  socket.set(opt::handshake_ivl, Int(options.connect_timeout));
  socket.set(opt::connect_timeout, Int(options.connect_timeout));
  // For routers and firewalls that forget silent connections while heartbeats are off.
  socket.set(opt::tcp_keepalive, 1);
  socket.set(opt::tcp_keepalive_idle, 30);
  socket.set(opt::tcp_keepalive_intvl, 10);
  socket.set(opt::tcp_keepalive_cnt, 3);
  socket.set(opt::ipv6, 1);  // and IPv4; a connecting socket is told which, attempt by attempt
  // No call ever blocks: loops wait in one place, WaitForAny.
  socket.set(opt::sndtimeo, 0);
  socket.set(opt::rcvtimeo, 0);
  if (options.secure) options.secure(socket);
}

}  // namespace

SocketOptions SocketOptions::From(Config& config) {
  SocketOptions options;
  options.messages_max =
      static_cast<int>(config.GetInt("net.messages_max", options.messages_max, 1, 100'000));
  options.frame_bytes_max =
      kMebibyte * config.GetInt("net.frame_mib_max", options.frame_bytes_max / kMebibyte, 1, 4096);
  options.linger = ReadTime(config, "net.linger_ms", options.linger, 0, 10'000);
  options.heartbeat = ReadTime(config, "net.heartbeat_ms", options.heartbeat, 100, 60'000);
  options.connect_timeout =
      ReadTime(config, "net.connect_timeout_ms", options.connect_timeout, 100, 60'000);
  return options;
}

SocketOptions SocketOptions::For(std::uint64_t payload_bytes_max) const {
  SocketOptions options = *this;
  const auto longest = static_cast<std::int64_t>(std::max(payload_bytes_max, wire::kHeadBytesMax));
  options.frame_bytes_max = std::min(frame_bytes_max, longest);
  return options;
}

zmq::socket_t MakeDealer(zmq::context_t& context, const SocketOptions& options) {
  zmq::socket_t socket(context, zmq::socket_type::dealer);
  SetCommon(socket, options);
  // Nothing is queued for a peer that is not there: what was sent was sent to somebody.
  socket.set(zmq::sockopt::immediate, 1);
  // A reconnected socket would carry on as if nothing had happened; Hello must come first.
  socket.set(zmq::sockopt::reconnect_ivl, -1);
  return socket;
}

zmq::socket_t MakeRouter(zmq::context_t& context, const SocketOptions& options) {
  zmq::socket_t socket(context, zmq::socket_type::router);
  SetCommon(socket, options);
  // A reply that cannot be sent is an error to count, not a silence. Safe only without blocking:
  // the pipe of a peer that vanished may stay full for ever (libzmq pull request 4665).
  socket.set(zmq::sockopt::router_mandatory, 1);
  // Peers have no names of their own choice, so nobody may take over another's.
  socket.set(zmq::sockopt::router_handover, 0);
  socket.set(zmq::sockopt::backlog, 1024);
  return socket;
}

}  // namespace dyna::net
