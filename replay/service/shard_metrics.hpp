#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "common/ports/replay_port.hpp"
#include "common/telemetry/metrics.hpp"
#include "common/wire/messages_replay.hpp"

namespace dyna::replay {

/// The replay metrics of one shard.
class ShardMetrics {
 public:
  explicit ShardMetrics(telemetry::Metrics& metrics);

  enum class Outcome : std::uint8_t { kAppended, kWaiting, kRefused };
  void OnAppend(const std::string& table, std::int64_t rows, Outcome outcome);
  /// What an acknowledgement of this table's rows means from now on.
  void OnAckLevel(const std::string& table, wire::AckLevel level);
  void OnRecovered(const std::string& table, std::int64_t rows);
  /// A group of rows took so long to reach the disk.
  void OnSync(double seconds) { syncs_.Observe(seconds); }
  void ShowWaiting(std::size_t bytes) { waiting_.Set(static_cast<double>(bytes)); }
  void OnSample(const std::string& table, std::int64_t rows);
  /// Now and then: what a table holds.
  void Show(const std::string& table, const TableCounters& counters, std::size_t row_bytes);

 private:
  struct Series {
    telemetry::Counter appended;
    telemetry::Counter waiting;
    telemetry::Counter refused;
    telemetry::Counter sampled;
    telemetry::Gauge items;
    telemetry::Gauge bytes;
    telemetry::Gauge granted;
    telemetry::Counter recovered;
  };
  telemetry::Metrics& metrics_;
  std::map<std::string, Series> tables_;
  telemetry::Histogram syncs_;
  telemetry::Gauge waiting_;
};

}  // namespace dyna::replay
