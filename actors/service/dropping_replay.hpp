#pragma once

#include <string>

#include "common/ports/replay_port.hpp"
#include "common/telemetry/metric_names.hpp"
#include "common/telemetry/metrics.hpp"

namespace dyna::actors {

/// A replay port for producers that must not wait: rows that replay does not take now are dropped
/// and counted. Everything else goes through.
class DroppingReplay : public ReplayPort {
 public:
  DroppingReplay(ReplayPort& replay, telemetry::Metrics& metrics)
      : replay_(replay), dropped_(metrics.counter(telemetry::metrics::kActorRowsDropped)) {}

  Status Append(const std::string& table, const TransitionBatch& rows) override {
    Status appended = replay_.Append(table, rows);
    if (appended.ok() || appended.error().code != ErrorCode::kBackpressure) return appended;
    dropped_.Add(static_cast<double>(rows.size()));
    return Done{};
  }
  Result<SampleBatch> Sample(const SampleRequest& request) override {
    return replay_.Sample(request);
  }
  Result<ReadBatch> ReadSince(const std::string& table, std::uint64_t cursor,
                              std::int64_t rows_max) override {
    return replay_.ReadSince(table, cursor, rows_max);
  }
  Status UpdatePriorities(const std::string& table, const std::vector<std::uint64_t>& ids,
                          const std::vector<double>& priorities) override {
    return replay_.UpdatePriorities(table, ids, priorities);
  }
  Status SetCapacity(const std::string& table, std::int64_t capacity) override {
    return replay_.SetCapacity(table, capacity);
  }
  Status EvictStale(const std::string& table, std::uint64_t version_min) override {
    return replay_.EvictStale(table, version_min);
  }
  Status Grant(const std::string& table, const GrantOrder& order) override {
    return replay_.Grant(table, order);
  }
  Result<TableCounters> Counters(const std::string& table) override {
    return replay_.Counters(table);
  }

 private:
  ReplayPort& replay_;
  telemetry::Counter dropped_;
};

}  // namespace dyna::actors
