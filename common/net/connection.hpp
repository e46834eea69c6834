#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/net/backoff.hpp"
#include "common/net/context.hpp"
#include "common/net/endpoint.hpp"
#include "common/net/monitor.hpp"
#include "common/net/request_window.hpp"
#include "common/net/socket_io.hpp"
#include "common/net/socket_options.hpp"
#include "common/wire/messages_session.hpp"

namespace dyna::net {

/// One DEALER to one peer and its life: wait, connect, greet, ready, lost, wait again. Every
/// connection is a new socket, so that nothing of an earlier one can arrive on it, and begins with
/// Hello. Single-threaded; owned by a RequestPipeline, which knows the requests.
class Connection : public Pollable {
 public:
  enum class State : std::uint8_t {
    kWaiting,     ///< for the next attempt
    kConnecting,  ///< TCP and ZMTP
    kGreeting,    ///< for Welcome
    kReady,
    kRefused,  ///< for good: the peer and we do not belong together
  };
  struct Options {
    Endpoint endpoint = {};
    wire::Hello hello = {};
    SocketOptions socket = {};
    Backoff::Options backoff = {};
    Milliseconds hello_timeout{5000};
    /// Hello is repeated after so long without anything sent: the server learns that this process
    /// is alive, and Welcome brings its counters.
    Milliseconds hello_period{2000};
    std::uint64_t reply_bytes_max = std::uint64_t{64} << 20U;  ///< payload of one reply
    std::uint64_t seed = 0;                                    ///< of the jitter
    /// Called when the connection becomes ready, when a ready one is lost, when it is refused, and
    /// when the first attempt of a row fails; Explain() says more. May be empty.
    std::function<void(const Connection&)> on_change = {};
  };
  struct Counters {
    std::uint64_t attempts = 0;
    std::uint64_t welcomes = 0;  ///< first ones, i.e. times that the connection became ready
    std::uint64_t losses = 0;    ///< of connections that were ready
    std::uint64_t malformed = 0;
  };

  /// `events` may be null; else it is borrowed.
  Connection(Context& context, const Options& options, EventCounters* events);

  /// Events and timers. Call it after Receive() has given all: a broken connection is left in the
  /// call after the one that noticed, when what had arrived before has been taken.
  void Advance(TimePoint now);
  /// The next reply, if there is one. Hello's answers are dealt with here.
  std::optional<Received> Receive();
  /// Only when ready. Keeps nothing of the frames if they are idempotent, else takes them.
  SendOutcome Send(Outgoing& request, TimePoint now);

  State state() const noexcept { return state_; }
  bool ready() const noexcept { return state_ == State::kReady; }
  /// Why it is kRefused.
  const Error& refusal() const noexcept { return refusal_; }
  /// What the peer said last of itself; empty before the first.
  const std::optional<wire::Welcome>& welcome() const noexcept { return welcome_; }
  const Counters& counters() const noexcept { return counters_; }
  /// When Advance() has something to do even if nothing arrives.
  TimePoint next_timer() const noexcept;
  /// "replay-0 at tcp://127.0.0.1:7001"
  std::string Peer() const;
  /// Who is waited for and why, for people.
  std::string Explain() const;

  void AddTo(std::vector<zmq_pollitem_t>& items) const override;

 private:
  struct Link {
    Link(zmq::context_t& context, const Options& options, bool ipv6, EventCounters* events);
    zmq::socket_t socket;
    Monitor monitor;
  };

  void Open(TimePoint now);
  void ReadEvents(TimePoint now);
  void SendHello(TimePoint now);
  void OnGreeting(const Received& reply);
  void Break(std::string why);
  void Leave(TimePoint now);
  void Refuse(const Error& error);
  void TellChange() const {
    if (options_.on_change) options_.on_change(*this);
  }

  Context& context_;
  const Options options_;
  EventCounters* events_;
  Backoff backoff_;
  std::unique_ptr<Link> link_;
  State state_ = State::kWaiting;
  bool broken_ = false;
  bool hello_due_ = false;
  std::string problem_ = "not tried yet";  ///< why the last attempt failed
  Error refusal_ = {};
  std::optional<wire::Welcome> welcome_;
  TimePoint timer_ = TimePoint::min();  ///< next attempt, or the end of patience
  TimePoint last_sent_ = TimePoint::min();
  Counters counters_;
};

}  // namespace dyna::net
