#include "replay/service/shard_metrics.hpp"

#include <algorithm>

namespace dyna::replay {
namespace m = telemetry::metrics;

ShardMetrics::ShardMetrics(telemetry::Metrics& metrics)
    : metrics_(metrics),
      syncs_(metrics.histogram(m::kReplayLogSyncSeconds)),
      waiting_(metrics.gauge(m::kReplayLogWaitingBytes)) {
  for (const char* table : {kRealTable, kSyntheticTable}) {
    tables_.emplace(table,
                    Series{.appended = metrics.counter(m::kReplayInserts, {table, "appended"}),
                           .waiting = metrics.counter(m::kReplayInserts, {table, "waiting"}),
                           .refused = metrics.counter(m::kReplayInserts, {table, "refused"}),
                           .sampled = metrics.counter(m::kReplaySamples, {table}),
                           .items = metrics.gauge(m::kReplayItems, {table}),
                           .bytes = metrics.gauge(m::kReplayBytes, {table}),
                           .granted = metrics.gauge(m::kReplayGrantedItems, {table}),
                           .recovered = metrics.counter(m::kReplayRecoveredItems, {table})});
  }
}

void ShardMetrics::OnAppend(const std::string& table, std::int64_t rows, Outcome outcome) {
  const auto found = tables_.find(table);
  if (found == tables_.end()) return;
  Series& series = found->second;
  const auto amount = static_cast<double>(rows);
  switch (outcome) {
    case Outcome::kAppended:
      return series.appended.Add(amount);
    case Outcome::kWaiting:
      return series.waiting.Add(amount);
    case Outcome::kRefused:
      return series.refused.Add(amount);
  }
}

void ShardMetrics::OnAckLevel(const std::string& table, wire::AckLevel level) {
  const bool durable = level == wire::AckLevel::kDurable;
  metrics_.gauge(m::kReplayAckLevel, {table, durable ? "durable" : "memory"}).Set(1.0);
}

void ShardMetrics::OnRecovered(const std::string& table, std::int64_t rows) {
  tables_.at(table).recovered.Add(static_cast<double>(rows));
}

void ShardMetrics::OnSample(const std::string& table, std::int64_t rows) {
  const auto found = tables_.find(table);
  if (found != tables_.end()) found->second.sampled.Add(static_cast<double>(rows));
}

void ShardMetrics::Show(const std::string& table, const TableCounters& counters,
                        std::size_t row_bytes) {
  Series& series = tables_.at(table);
  series.items.Set(static_cast<double>(counters.size));
  series.bytes.Set(static_cast<double>(counters.size) * static_cast<double>(row_bytes));
  const std::uint64_t granted = std::max(counters.granted, counters.inserted);
  series.granted.Set(static_cast<double>(granted - counters.inserted));
}

}  // namespace dyna::replay
