#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/net/context.hpp"
#include "common/net/endpoint.hpp"
#include "common/net/guard.hpp"
#include "common/net/handler.hpp"
#include "common/net/listen_gate.hpp"
#include "common/net/monitor.hpp"
#include "common/net/peer_table.hpp"
#include "common/net/socket_io.hpp"
#include "common/net/socket_options.hpp"

namespace dyna::net {

/// A ROUTER and its clients. Each client has bounds of its own: what it may have unanswered, and
/// what may wait for it to read; one that is silent is forgotten. Single-threaded; nothing happens
/// but in Poll(), Reply() and Refuse().
class Server : public Pollable {
 public:
  struct Options {
    Endpoint endpoint = {};
    SocketOptions socket = {};
    std::uint64_t request_bytes_max = std::uint64_t{16} << 20U;  ///< payload of one request
    std::size_t peers_max = 1024;
    std::size_t connections_max = 1280;    ///< TCP: open at once, also of who says nothing
    std::size_t peer_requests_max = 1024;  ///< without an answer, of one client
    std::size_t peer_request_bytes_max = std::size_t{64} << 20U;
    std::size_t peer_waiting_bytes_max = std::size_t{64} << 20U;  ///< replies it has not read
    Milliseconds peer_silence_max{10'000};
    /// With keys: who may do what. Borrowed.
    Guard* guard = nullptr;
  };
  struct Counters {
    std::uint64_t requests = 0;
    std::uint64_t replies = 0;
    std::uint64_t malformed = 0;  ///< messages of anybody that were wrong
    std::uint64_t strangers = 0;  ///< messages of who had not said Hello
    std::uint64_t hellos_refused = 0;
    std::uint64_t over_limit = 0;  ///< requests refused because their client had too many
    std::uint64_t peers_gone = 0;
    std::uint64_t unread = 0;     ///< clients forgotten because they did not read
    std::uint64_t forbidden = 0;  ///< messages that their sender's key or role may not send
  };

  /// Binds. ConfigError naming the endpoint and the reason if that cannot be done.
  Server(Context& context, const Options& options, Handler& handler,
         Clock clock = std::chrono::steady_clock::now, EventCounters* events = nullptr);

  /// Where it listens, with the port that was chosen if it asked for any.
  const Endpoint& endpoint() const noexcept { return endpoint_; }

  /// Receives, answers, expires. Waits for at most `wait`, and only if there is nothing to do.
  void Poll(Milliseconds wait);

  /// Does nothing if the client is gone. `payload` may be shared with other replies.
  template <class M>
  void Reply(const Ticket& ticket, const M& message, Frame payload = {}) {
    wire::EncodeHead(message, ticket.request_id, payload.view(), scratch_);
    Answer(ticket, std::move(payload), wire::HasPayload(M::kType));
  }
  void Refuse(const Ticket& ticket, const Error& error);

  const Counters& counters() const noexcept { return counters_; }
  std::size_t peers() const noexcept { return peers_.size(); }
  /// Open ones, as far as has been heard of them; 0 if it does not listen on TCP.
  std::size_t connections() const noexcept { return gate_ ? gate_->connections() : 0; }
  void AddTo(std::vector<zmq_pollitem_t>& items) const override;

 private:
  int Turn();
  void ReadEvents();
  bool ReceiveOne(TimePoint now);
  void OnHello(const Received& message, wire::ByteView route, std::string user, TimePoint now);
  void OnRequest(Received message, Peer& peer);
  /// Also to strangers; lost if there is no room.
  void RefuseConnection(wire::ByteView route, const Error& error);
  /// scratch_ and the payload, as the answer to the ticket.
  void Answer(const Ticket& ticket, Frame payload, bool has_payload);
  SendOutcome SendTo(const Peer& peer, WaitingReply& reply);
  void FlushWaiting();
  void ExpireSilent(TimePoint now);
  /// Of those whose key is not theirs any more.
  void ExpireRevoked();
  void MarkGone(Peer& peer);
  void ForgetGone();
  void Forget(PeerId id);

  const Options options_;
  Handler& handler_;
  Clock clock_;
  mutable zmq::socket_t socket_;
  Monitor monitor_;
  Endpoint endpoint_;
  std::optional<ListenGate> gate_;
  PeerTable peers_;
  std::set<PeerId> blocked_;  ///< peers with replies that wait
  std::vector<PeerId> gone_;  ///< peers to be forgotten at the end of the turn
  wire::Bytes scratch_;       ///< the head being encoded
  TimePoint next_expiry_ = TimePoint::min();
  std::uint64_t guard_generation_ = 0;  ///< of the guard's allowlist, when it was last looked at
  Counters counters_;
};

}  // namespace dyna::net
