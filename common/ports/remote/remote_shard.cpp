#include "common/ports/remote/remote_shard.hpp"

#include <algorithm>
#include <utility>

#include "common/core/error.hpp"
#include "common/wire/messages_environment.hpp"
#include "common/wire/rows_codec.hpp"
#include "common/wire/samples_codec.hpp"

namespace dyna {
namespace {

/// Larger samples are drawn when they are needed: a stock of them would be old.
constexpr std::int64_t kStockRowsMax = 2048;

bool FromStockIsRight(const SampleRequest& request) {
  return request.limited && !request.prioritized && request.rows <= kStockRowsMax;
}

wire::Sample MessageOf(const SampleRequest& request) {
  return {.table = request.table,
          .rows = request.rows,
          .batches = 1,
          .prioritized = request.prioritized,
          .importance_beta = request.importance_beta,
          .limited = request.limited};
}

}  // namespace

RemoteShard::RemoteShard(std::unique_ptr<net::RequestPipeline> pipeline, Options options,
                         net::Clock clock)
    : options_(std::move(options)), clock_(std::move(clock)), pipeline_(std::move(pipeline)) {}

void RemoteShard::MoveTo(std::unique_ptr<net::RequestPipeline> pipeline) {
  for (auto& [name, of] : tables_) {
    of.appends.ForgetRequests();
    of.stock_requests.clear();
    of.sample = {};
    of.read = {};
    of.counters = {};
  }
  description_.reset();
  pipeline_ = std::move(pipeline);
}

RemoteShard::Table& RemoteShard::table(const std::string& name) {
  const auto found = tables_.find(name);
  if (found != tables_.end()) return found->second;
  const AppendQueue::Options appends{.table = name,
                                     .producer = options_.producer,
                                     .epoch = options_.epoch,
                                     .bytes_max = options_.append_bytes_max,
                                     .batches_max = options_.append_batches_max,
                                     .take_while_refused = options_.append_while_refused};
  return tables_.emplace(name, Table{.appends = AppendQueue(appends)}).first->second;
}

Status RemoteShard::Append(const std::string& table_name, const TransitionBatch& rows) {
  if (!pipeline_->connection().welcome()) {
    return Error{ErrorCode::kBackpressure, pipeline_->connection().Explain()};
  }
  Table& to = table(table_name);
  Status pushed = to.appends.Push(rows);
  if (pushed.ok()) to.appends.Pump(*pipeline_, clock_());
  return pushed;
}

Result<SampleBatch> RemoteShard::Sample(const SampleRequest& request) {
  Table& from = table(request.table);
  if (FromStockIsRight(request)) return FromStock(from, request);
  const auto answer = from.sample.Ask(MessageOf(request), *pipeline_);
  if (!answer.ok()) return answer.error();
  return DecodeOne(from, answer.value());
}

Result<SampleBatch> RemoteShard::FromStock(Table& of, const SampleRequest& request) {
  TakeStockAnswers(of);
  auto taken = of.stock.Take(request.rows);
  FillStock(request.table, of);
  if (!taken.ok() && of.stock_refusal) {
    // Nothing under way can help; the next call asks again.
    return *std::exchange(of.stock_refusal, std::nullopt);
  }
  return taken;
}

void RemoteShard::FillStock(const std::string& name, Table& of) {
  std::int64_t under_way = 0;
  for (const auto& [id, rows] : of.stock_requests) under_way += rows;
  while (of.stock.wants_more(under_way)) {
    const std::int64_t rows = of.stock.request_rows();
    const auto sent = pipeline_->Send(wire::Sample{.table = name, .rows = rows, .batches = 1});
    if (!sent.ok()) return;
    of.stock_requests.emplace(sent.value(), rows);
    under_way += rows;
  }
}

void RemoteShard::TakeStockAnswers(Table& of) {
  for (auto it = of.stock_requests.begin(); it != of.stock_requests.end();) {
    auto answer = pipeline_->Take(it->first);
    if (!answer) {
      ++it;
      continue;
    }
    it = of.stock_requests.erase(it);
    auto batch =
        answer->ok() ? DecodeOne(of, answer->value()) : Result<SampleBatch>(answer->error());
    if (batch.ok()) {
      of.stock.Add(std::move(batch).value());
      of.stock_refusal.reset();
    } else {
      of.stock_refusal = batch.error();
    }
  }
}

Result<SampleBatch> RemoteShard::DecodeOne(Table& of, const net::Received& received) {
  const auto reply = received.Decode<wire::SampleReply>();
  if (!reply.ok()) return reply.error();
  Hear(of, reply.value().state);
  auto batches = wire::DecodeSamples(reply.value(), received.payload(),
                                     options_.environment.transition_shape());
  if (!batches.ok()) return batches.error();
  if (batches.value().size() != 1) {
    return Error{ErrorCode::kMalformed,
                 "one batch was asked for and " + std::to_string(batches.value().size()) + " came"};
  }
  return std::move(batches.value().front());
}

Result<ReadBatch> RemoteShard::ReadSince(const std::string& table_name, std::uint64_t cursor,
                                         std::int64_t rows_max) {
  Table& from = table(table_name);
  const auto answer =
      from.read.Ask({.table = table_name, .cursor = cursor, .rows_max = rows_max}, *pipeline_);
  if (!answer.ok()) return answer.error();
  const auto reply = answer.value().Decode<wire::ReadReply>();
  if (!reply.ok()) return reply.error();
  Hear(from, reply.value().state);
  auto rows = wire::DecodeRows(answer.value().payload(), reply.value().rows,
                               options_.environment.transition_shape());
  if (!rows.ok()) return rows.error();
  return ReadBatch{.rows = std::move(rows).value(),
                   .next_cursor = reply.value().next_cursor,
                   .rows_missed = reply.value().rows_missed};
}

template <class M>
Status RemoteShard::Tell(const M& message, net::Frame payload) {
  const auto sent =
      pipeline_->Send(message, std::move(payload), {.timeout = net::Milliseconds::max()});
  if (!sent.ok()) return sent.error();
  pipeline_->Drop(sent.value());
  return Done{};
}

Status RemoteShard::UpdatePriorities(const std::string& table_name,
                                     const std::vector<std::uint64_t>& ids,
                                     const std::vector<double>& priorities) {
  const wire::Bytes payload = wire::EncodePriorities({.ids = ids, .values = priorities});
  return Tell(
      wire::UpdatePriorities{.table = table_name, .count = static_cast<std::int64_t>(ids.size())},
      net::Frame(payload));
}

Status RemoteShard::SetCapacity(const std::string& table_name, std::int64_t capacity) {
  const Table& of = table(table_name);
  if (of.state && of.state->counters.capacity == capacity) return Done{};
  return Tell(wire::SetCapacity{.table = table_name, .capacity = capacity});
}

Status RemoteShard::EvictStale(const std::string& table_name, std::uint64_t version_min) {
  table(table_name).stock.DropOlderThan(version_min);
  return Tell(wire::EvictStale{.table = table_name, .version_min = version_min});
}

Status RemoteShard::Grant(const std::string& table_name, const GrantOrder& order) {
  return Tell(wire::Grant{.table = table_name, .order = order});
}

Result<TableCounters> RemoteShard::Counters(const std::string& table_name) {
  Table& of = table(table_name);
  const net::TimePoint now = clock_();
  std::optional<Error> silence;
  if (!of.state || now - of.heard > options_.counters_age) {
    const auto answer = of.counters.Ask({.table = table_name}, *pipeline_);
    if (answer.ok()) {
      const auto reply = answer.value().Decode<wire::CountersReply>();
      if (!reply.ok()) return reply.error();
      Hear(of, reply.value().state);
    } else {
      silence = answer.error();
    }
  }
  const bool lost = !of.state || now - of.heard > options_.silence_after;
  if (silence && (lost || silence->code != ErrorCode::kTimeout)) return *silence;
  return of.state->counters;
}

void RemoteShard::Hear(Table& of, const wire::TableState& state) {
  of.state = state;
  of.heard = clock_();
}

void RemoteShard::DescribeEnvironment() {
  if (description_) {
    const auto answer = pipeline_->Take(*description_);
    if (!answer) return;
    description_.reset();
    if (!answer->ok() && answer->error().code == ErrorCode::kVersionMismatch) {
      throw OperatorError(pipeline_->connection().Peer() +
                          " refuses us: " + answer->error().message);
    }
    if (!answer->ok()) described_to_ = 0;  // told again
  }
  const auto& welcome = pipeline_->connection().welcome();
  if (!welcome || welcome->server.incarnation == described_to_) return;
  const auto sent = pipeline_->Send(wire::Environment{.spec = options_.environment});
  if (!sent.ok()) return;
  description_ = sent.value();
  described_to_ = welcome->server.incarnation;
}

void RemoteShard::Poll() {
  pipeline_->Poll(net::Milliseconds(0));
  DescribeEnvironment();
  const net::TimePoint now = clock_();
  for (auto& [name, of] : tables_) {
    if (of.appends.Pump(*pipeline_, now)) pipeline_->Poll(net::Milliseconds(0));
    if (const auto state = of.appends.TakeState()) Hear(of, *state);
    TakeStockAnswers(of);
    FillStock(name, of);
  }
}

bool RemoteShard::settled() const {
  return std::all_of(tables_.begin(), tables_.end(),
                     [](const auto& entry) { return entry.second.appends.settled(); });
}

std::uint64_t RemoteShard::acknowledged(const std::string& table) const {
  const auto found = tables_.find(table);
  return found == tables_.end() ? 0 : found->second.appends.acknowledged();
}

bool RemoteShard::flushed() const {
  return std::all_of(tables_.begin(), tables_.end(),
                     [](const auto& entry) { return entry.second.appends.empty(); });
}

}  // namespace dyna
