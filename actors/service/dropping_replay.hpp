#pragma once

#include <string>

#include "common/ports/forwarding_replay.hpp"
#include "common/telemetry/metric_names.hpp"
#include "common/telemetry/metrics.hpp"

namespace dyna::actors {

/// A replay port for producers that must not wait: rows that replay does not take now are dropped
/// and counted.
class DroppingReplay : public ForwardingReplay {
 public:
  DroppingReplay(ReplayPort& replay, telemetry::Metrics& metrics)
      : ForwardingReplay(replay),
        dropped_(metrics.counter(telemetry::metrics::kActorRowsDropped)) {}

  Status Append(const std::string& table, const TransitionBatch& rows) override {
    Status appended = ForwardingReplay::Append(table, rows);
    if (appended.ok() || appended.error().code != ErrorCode::kBackpressure) return appended;
    dropped_.Add(static_cast<double>(rows.size()));
    return Done{};
  }

 private:
  telemetry::Counter dropped_;
};

}  // namespace dyna::actors
