#include "common/net/request_pipeline.hpp"

#include <algorithm>
#include <array>

namespace dyna::net {
namespace {

/// Answers taken in one turn, so that a fast peer cannot keep Poll() from returning.
constexpr int kRepliesPerTurn = 256;
/// Events of a busy, healthy connection are looked at every so many turns: looking costs a system
/// call when there is none.
constexpr std::uint64_t kTurnsPerEvents = 64;

}  // namespace

RequestPipeline::RequestPipeline(Context& context, const Options& options, Clock clock,
                                 EventCounters* events)
    : options_(options),
      clock_(std::move(clock)),
      connection_(context, options.connection, events),
      window_(options.window) {}

Status RequestPipeline::RoomFor(std::size_t bytes) const {
  if (connection_.state() == Connection::State::kRefused) return connection_.refusal();
  Status room = window_.RoomFor(bytes);
  if (room.ok()) return room;
  return Error{ErrorCode::kBackpressure,
               connection_.Explain() + "; window full: " + room.error().message};
}

RequestId RequestPipeline::Submit(wire::MessageType type, Frame&& payload,
                                  const SendOptions& options) {
  const TimePoint now = clock_();
  const Milliseconds timeout = options.timeout.value_or(options_.request_timeout);
  const RequestId id = window_.next_id();
  window_.Add({.type = type,
               .head = Frame(scratch_),
               .payload = std::move(payload),
               .has_payload = wire::HasPayload(type),
               .idempotent = options.idempotent,
               .deadline = timeout == Milliseconds::max() ? TimePoint::max() : now + timeout});
  ++counters_.sent;
  Flush(now);
  return id;
}

void RequestPipeline::Flush(TimePoint now) {
  while (connection_.ready()) {
    Outgoing* const next = window_.NextUnsent();
    if (next == nullptr || connection_.Send(*next, now) != SendOutcome::kSent) return;
    window_.MarkSent();
  }
}

void RequestPipeline::Poll(Milliseconds wait) {
  if (Turn() != 0 || wait.count() <= 0) return;
  const auto timer = std::chrono::ceil<Milliseconds>(std::max(next_timer(), clock_()) -
                                                     clock_());  // next_timer() may lie in the past
  const Pollable* const self = this;
  WaitForAny({&self, 1}, std::clamp(timer, Milliseconds(0), wait));
  Turn();
}

void RequestPipeline::RequireNotRefused() const {
  if (connection_.state() != Connection::State::kRefused) return;
  throw OperatorError(connection_.Peer() + " refused us: " + connection_.refusal().message);
}

TimePoint RequestPipeline::next_timer() const noexcept {
  return std::min(connection_.next_timer(), window_.next_deadline());
}

int RequestPipeline::Turn() {
  const TimePoint now = clock_();
  int replies = 0;
  while (replies < kRepliesPerTurn) {
    auto reply = connection_.Receive();
    if (!reply) break;
    OnReply(*std::move(reply));
    ++replies;
  }
  if (replies == 0 || !connection_.ready() || ++turns_ % kTurnsPerEvents == 0) {
    connection_.Advance(now);
  }
  if (connection_.counters().losses != losses_seen_) {
    losses_seen_ = connection_.counters().losses;
    counters_.resent += window_.ConnectionLost(connection_.Explain());
  }
  if (connection_.state() == Connection::State::kRefused) window_.FailAll(connection_.refusal());
  if (now >= window_.next_deadline()) {
    counters_.expired += window_.Expire(now, connection_.Explain());
  }
  Flush(now);
  return replies;
}

void RequestPipeline::OnReply(Received reply) {
  const RequestId id = reply.request_id();
  bool known = false;
  if (reply.type() == wire::MessageType::kRefusal) {
    ++counters_.refused;
    const auto refusal = reply.Decode<wire::Refusal>();
    known = window_.Answer(
        id, refusal.ok() ? Error{refusal.value().code, refusal.value().message} : refusal.error());
  } else {
    known = window_.Answer(id, std::move(reply));
  }
  ++(known ? counters_.answered : counters_.late);
}

}  // namespace dyna::net
