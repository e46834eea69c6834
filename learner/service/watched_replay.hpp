#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "common/ports/forwarding_replay.hpp"
#include "common/telemetry/metrics.hpp"

namespace dyna::learner {

/// The learner's view of replay, measured: how many rows it is given, how long a sample is waited
/// for, and how old the models are that its imagined rows come from.
class WatchedReplay : public ForwardingReplay {
 public:
  WatchedReplay(ReplayPort& replay, telemetry::Metrics& metrics);

  Result<SampleBatch> Sample(const SampleRequest& request) override;

  /// The newest model that is known of: the age of others is counted from it.
  void set_model_version(std::uint64_t version) { model_version_ = version; }

 private:
  using Clock = std::chrono::steady_clock;

  telemetry::Counter real_;
  telemetry::Counter synthetic_;
  telemetry::Histogram wait_;
  telemetry::Histogram age_;
  std::uint64_t model_version_ = 0;
  std::optional<Clock::time_point> waits_since_;
};

}  // namespace dyna::learner
