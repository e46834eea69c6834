#include "common/ports/remote/append_queue.hpp"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "common/wire/rows_codec.hpp"

namespace dyna {
namespace {

/// Of one message: half of what a server takes, so that its other limits have room too.
constexpr std::size_t kMessageBytesMax = std::size_t{8} << 20U;

}  // namespace

Status AppendQueue::Push(const TransitionBatch& rows) {
  if (fault_) return *fault_;
  if (limit_ && !options_.take_while_refused) return *limit_;
  if (rows.size() == 0) return Done{};
  const auto count = static_cast<std::size_t>(rows.size());
  const std::size_t bytes = count * wire::RowBytes(rows.shape());
  const bool full = entries_.size() >= options_.batches_max || bytes_ + bytes > options_.bytes_max;
  if (!entries_.empty() && full) {
    return Error{ErrorCode::kBackpressure, "append window: " + std::to_string(entries_.size()) +
                                               " batches of '" + options_.table + "', " +
                                               std::to_string(bytes_) +
                                               " bytes, are not acknowledged yet" +
                                               (limit_ ? ", because " + limit_->message : "")};
  }
  if (bytes <= kMessageBytesMax) {
    Keep(rows);
    return Done{};
  }
  const std::size_t part =
      std::max<std::size_t>(1, kMessageBytesMax / wire::RowBytes(rows.shape()));
  for (std::size_t first = 0; first < count; first += part) {
    std::vector<std::int64_t> chosen(std::min(part, count - first));
    std::iota(chosen.begin(), chosen.end(), static_cast<std::int64_t>(first));
    Keep(rows.Select(chosen));
  }
  return Done{};
}

void AppendQueue::Keep(const TransitionBatch& rows) {
  const auto count = static_cast<std::size_t>(rows.size());
  net::Frame payload(count * wire::RowBytes(rows.shape()));
  wire::EncodeRowsAt(rows, payload.data());
  bytes_ += payload.size();
  rows_ += rows.size();
  entries_.push_back(
      {.first_seq = next_seq_, .rows = rows.size(), .payload = std::move(payload), .request = {}});
  next_seq_ += count;
}

bool AppendQueue::Pump(net::RequestPipeline& pipeline, net::TimePoint now) {
  const bool acknowledged = TakeAnswers(pipeline, now);
  if (limit_ && now < retry_at_) return acknowledged;
  for (Entry& entry : entries_) {
    if (!entry.request && !SendOne(entry, pipeline)) break;
    if (limit_) break;
  }
  return acknowledged;
}

bool AppendQueue::TakeAnswers(net::RequestPipeline& pipeline, net::TimePoint now) {
  const std::size_t before = entries_.size();
  while (!entries_.empty() && entries_.front().request) {
    auto answer = pipeline.Take(*entries_.front().request);
    if (!answer) break;
    entries_.front().request.reset();
    if (!answer->ok()) {
      OnRefusal(answer->error(), pipeline, now);
      break;
    }
    const auto ack = answer->value().Decode<wire::AppendAck>();
    if (!ack.ok()) {
      OnRefusal(ack.error(), pipeline, now);
      break;
    }
    OnAck(ack.value());
    limit_.reset();
    pipeline.set_window_bytes(ack.value().credit_bytes);
  }
  return entries_.size() < before;
}

void AppendQueue::ForgetRequests() {
  for (Entry& entry : entries_) entry.request.reset();
  limit_.reset();
}

void AppendQueue::OnAck(const wire::AppendAck& ack) {
  state_ = ack.state;
  const Entry& first = entries_.front();
  const std::uint64_t end = first.first_seq + static_cast<std::uint64_t>(first.rows);
  if (ack.next_seq < end) return;  // an answer to something else: it is sent again
  rows_ -= first.rows;
  acknowledged_ = end;
  bytes_ -= first.payload.size();
  entries_.pop_front();
}

void AppendQueue::OnRefusal(const Error& error, net::RequestPipeline& pipeline,
                            net::TimePoint now) {
  // Not merely dropped: sent again to a shard that has restarted and does not know us, while the
  // refused rows wait for their retry, the rows behind them would be taken as our first.
  for (Entry& entry : entries_) {
    if (entry.request) pipeline.Cancel(*entry.request);
    entry.request.reset();
  }
  switch (error.code) {
    case ErrorCode::kBackpressure:
      limit_ = error;
      retry_at_ = now + options_.retry;
      return;
    case ErrorCode::kTimeout:
      return;  // sent again
    default:
      fault_ = error;
      entries_.clear();
      rows_ = 0;
      bytes_ = 0;
  }
}

bool AppendQueue::SendOne(Entry& entry, net::RequestPipeline& pipeline) {
  const wire::Append append{.table = options_.table,
                            .producer = options_.producer,
                            .epoch = options_.epoch,
                            .first_seq = entry.first_seq,
                            .rows = entry.rows,
                            .level = wire::AckLevel::kMemory};
  const auto sent =
      pipeline.Send(append, entry.payload.Share(), {.timeout = net::Milliseconds::max()});
  if (sent.ok()) entry.request = sent.value();
  return sent.ok();
}

}  // namespace dyna
