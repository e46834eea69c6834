#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "common/net/connection.hpp"
#include "common/net/request_window.hpp"

namespace dyna::net {

struct SendOptions {
  /// Its effect is the same however often it arrives.
  bool idempotent = true;
  /// Instead of RequestPipeline::Options::request_timeout; max() = none.
  std::optional<Milliseconds> timeout = {};
};

/// Requests to one peer, many at a time, over a connection that comes back by itself.
///
///   const auto id = pipeline.Send(wire::Counters{.table = "real"});
///   ... pipeline.Poll(wait) ... if (auto reply = pipeline.Take(id.value())) ...
///
/// Requests are accepted at any time, within a window of bytes; they travel in order once the peer
/// has answered Hello by Welcome. After a reconnection those without an answer are sent again, in
/// order, unless they are marked as not idempotent. A Refusal is the request's Error. Every request
/// ends: by an answer, by its deadline, or by the refusal of the connection.
/// Single-threaded. Nothing happens but in Poll() and Send(); call Poll() at least once a second.
class RequestPipeline : public Pollable {
 public:
  struct Options {
    Connection::Options connection = {};
    RequestWindow::Options window = {};
    Milliseconds request_timeout{10'000};
  };
  struct Counters {
    std::uint64_t sent = 0;    ///< accepted from the caller
    std::uint64_t resent = 0;  ///< once more, after a reconnection
    std::uint64_t answered = 0;
    std::uint64_t refused = 0;  ///< of the answered
    std::uint64_t expired = 0;
    std::uint64_t late = 0;  ///< answers to nobody
  };

  RequestPipeline(Context& context, const Options& options,
                  Clock clock = std::chrono::steady_clock::now, EventCounters* events = nullptr);

  /// kBackpressure naming the limit when the window is full; the connection's refusal once it is
  /// refused. `payload` is taken only if the request is accepted.
  template <class M>
  Result<RequestId> Send(const M& message, Frame&& payload, const SendOptions& options = {}) {
    const Status room = RoomFor(wire::kEnvelopeBytes + payload.size());
    if (!room.ok()) return room.error();
    wire::EncodeHead(message, window_.next_id(), payload.view(), scratch_);
    return Submit(M::kType, std::move(payload), options);
  }
  template <class M>
  Result<RequestId> Send(const M& message, const SendOptions& options = {}) {
    return Send(message, Frame(), options);
  }

  /// Sends, receives, reconnects, expires. Waits for at most `wait`, and only if there is nothing
  /// to do at once.
  void Poll(Milliseconds wait);
  /// The answer, once; empty while there is none.
  std::optional<Result<Received>> Take(RequestId id) { return window_.Take(id); }
  /// For a request whose answer nobody wants.
  void Drop(RequestId id) { window_.Drop(id); }
  /// For a request that must not be sent again, since one before it has to be sent first. What has
  /// left already may still arrive, at the peer it was sent to only.
  void Cancel(RequestId id) { window_.Cancel(id); }
  /// The peer has said how much it wants to have in flight.
  void set_window_bytes(std::size_t bytes) noexcept { window_.set_bytes_max(bytes); }

  bool ready() const noexcept { return connection_.ready(); }
  const Connection& connection() const noexcept { return connection_; }
  const RequestWindow& window() const noexcept { return window_; }
  const Counters& counters() const noexcept { return counters_; }
  /// OperatorError if the peer has refused us for good.
  void RequireNotRefused() const;
  /// When Poll() has something to do even if nothing arrives.
  TimePoint next_timer() const noexcept;
  void AddTo(std::vector<zmq_pollitem_t>& items) const override { connection_.AddTo(items); }

 private:
  Status RoomFor(std::size_t bytes) const;
  RequestId Submit(wire::MessageType type, Frame&& payload, const SendOptions& options);
  int Turn();
  void OnReply(Received reply);
  void Flush(TimePoint now);

  const Options options_;
  Clock clock_;
  Connection connection_;
  RequestWindow window_;
  wire::Bytes scratch_;  ///< the head being encoded
  std::uint64_t losses_seen_ = 0;
  std::uint64_t turns_ = 0;
  Counters counters_;
};

}  // namespace dyna::net
