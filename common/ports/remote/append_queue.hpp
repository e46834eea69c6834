#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "common/core/error.hpp"
#include "common/core/transition_batch.hpp"
#include "common/net/request_pipeline.hpp"
#include "common/wire/messages_replay.hpp"

namespace dyna {

/// Rows on their way from one producer to one table of one shard: numbered, sent without waiting
/// for each other, kept until they are acknowledged.
///
/// A shard takes a producer's rows in the order of their numbers. When it refuses some because a
/// limit says wait, those behind are refused too; all are sent again, the first one alone until it
/// is let in, and Push() refuses meanwhile in the shard's own words. What is sent twice is taken
/// once, since it has the same numbers.
class AppendQueue {
 public:
  struct Options {
    std::string table = {};
    std::uint32_t producer = 0;
    std::uint64_t epoch = 0;
    std::size_t bytes_max = std::size_t{4} << 20U;  ///< of rows kept; one batch is always let in
    /// Batches kept. What waits here was made with older weights than it could have been, and is
    /// ahead of what the pacing allows: a few, to fill the time that an acknowledgement travels.
    std::size_t batches_max = 8;
    net::Milliseconds retry{20};  ///< between two tries of what was refused
    /// Go on taking rows while the shard says wait, up to bytes_max: for producers that cannot
    /// stop at once, such as a robot's control loop.
    bool take_while_refused = false;
  };
  explicit AppendQueue(Options options) : options_(std::move(options)) {}

  /// Done: the rows are kept and will arrive, if this process and the shard live; more than a
  /// message may hold travel as several. kBackpressure:
  /// they are not, because of the shard's limit or this queue's. Any other error is for good.
  Status Push(const TransitionBatch& rows);
  /// Takes answers and sends what is due. True if something was acknowledged.
  bool Pump(net::RequestPipeline& pipeline, net::TimePoint now);

  /// Another connection begins: everything is to be sent again.
  void ForgetRequests();

  bool empty() const noexcept { return entries_.empty(); }
  /// Nothing is on its way: all is acknowledged, or what is left was refused by a limit.
  bool settled() const noexcept { return entries_.empty() || limit_.has_value(); }
  std::int64_t rows() const noexcept { return rows_; }
  /// Rows that were acknowledged: those numbered below.
  std::uint64_t acknowledged() const noexcept { return acknowledged_; }
  /// The table as the last acknowledgement told it, once.
  std::optional<wire::TableState> TakeState() { return std::exchange(state_, std::nullopt); }

 private:
  struct Entry {
    std::uint64_t first_seq = 0;
    std::int64_t rows = 0;
    net::Frame payload = {};
    std::optional<net::RequestId> request = {};
  };

  /// As one more message to be sent.
  void Keep(const TransitionBatch& rows);
  bool TakeAnswers(net::RequestPipeline& pipeline, net::TimePoint now);
  void OnAck(const wire::AppendAck& ack);
  void OnRefusal(const Error& error, net::RequestPipeline& pipeline, net::TimePoint now);
  bool SendOne(Entry& entry, net::RequestPipeline& pipeline);

  Options options_;
  std::deque<Entry> entries_;
  std::uint64_t next_seq_ = 0;
  std::int64_t rows_ = 0;
  std::uint64_t acknowledged_ = 0;
  std::size_t bytes_ = 0;
  std::optional<Error> limit_;  ///< the shard's refusal, until it lets the first entry in
  std::optional<Error> fault_;  ///< for good
  net::TimePoint retry_at_ = {};
  std::optional<wire::TableState> state_;
};

}  // namespace dyna
