#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "common/net/socket_io.hpp"

namespace dyna::net {

/// Numbers the requests of one pipeline, from 1. (0 is not a request: Hello and its Welcome.)
using RequestId = std::uint64_t;

/// A request ready to be sent.
struct Outgoing {
  wire::MessageType type = wire::MessageType::kOk;
  Frame head = {};
  Frame payload = {};
  bool has_payload = false;
  /// Its effect is the same however often it arrives: sent again after a reconnection.
  bool idempotent = true;
  TimePoint deadline = TimePoint::max();
};

/// The requests that wait for an answer and the answers that wait to be taken, within a bound of
/// bytes and one of number. Single-threaded; knows nothing of sockets and reads no clock.
class RequestWindow {
 public:
  struct Options {
    std::size_t bytes_max = std::size_t{1} << 20U;  ///< of requests without an answer
    std::size_t requests_max = 256;                 ///< without an answer or not yet taken
  };
  explicit RequestWindow(const Options& options) : options_(options) {}

  /// The id that Add() will give.
  RequestId next_id() const noexcept { return next_id_; }
  /// kBackpressure naming the bound, if there is no room for `bytes` more. One request is always
  /// let in, however large.
  Status RoomFor(std::size_t bytes) const;
  void Add(Outgoing request);
  void set_bytes_max(std::size_t bytes) noexcept { options_.bytes_max = bytes; }

  /// The oldest request that has not been sent on this connection; null if there is none.
  Outgoing* NextUnsent();
  void MarkSent();
  /// The connection is gone: what was sent is to be sent again, in order, or, if not idempotent,
  /// ends with an error that says `why`. Returns how many will be sent again.
  std::size_t ConnectionLost(const std::string& why);

  /// False if nobody waits for that id (any more).
  bool Answer(RequestId id, Result<Received> reply);
  /// Requests whose deadline has come end with kTimeout. Returns how many.
  std::size_t Expire(TimePoint now, const std::string& why);
  /// All end with this error.
  void FailAll(const Error& error);
  /// Never later than the earliest deadline.
  TimePoint next_deadline() const noexcept { return next_deadline_; }

  /// The answer, once; empty while there is none. Aborts if the id was never given, or was taken.
  std::optional<Result<Received>> Take(RequestId id);
  /// Nobody will take this one.
  void Drop(RequestId id);
  /// Dropped, and not sent (again) from now on.
  void Cancel(RequestId id);

  std::size_t bytes() const noexcept { return bytes_; }  ///< of requests without an answer
  std::size_t unanswered() const noexcept { return unanswered_; }
  std::size_t size() const noexcept { return requests_.size(); }

 private:
  struct Request {
    Outgoing outgoing = {};
    std::size_t bytes = 0;
    std::optional<Result<Received>> answer = {};
    bool dropped = false;
  };
  using Requests = std::map<RequestId, Request>;

  Requests::iterator Find(RequestId id);
  /// Gives the request its answer and returns the one after it.
  Requests::iterator Finish(Requests::iterator at, Result<Received> answer);

  Options options_;
  Requests requests_;
  RequestId next_id_ = 1;
  RequestId next_unsent_ = 1;  ///< all before it have been sent on this connection
  std::size_t bytes_ = 0;
  std::size_t unanswered_ = 0;
  TimePoint next_deadline_ = TimePoint::max();
};

}  // namespace dyna::net
