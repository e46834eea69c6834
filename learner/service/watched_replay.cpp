#include "learner/service/watched_replay.hpp"

#include <algorithm>

#include "common/telemetry/metric_names.hpp"

namespace dyna::learner {

namespace m = telemetry::metrics;

WatchedReplay::WatchedReplay(ReplayPort& replay, telemetry::Metrics& metrics)
    : ForwardingReplay(replay),
      real_(metrics.counter(m::kLearnerSampledItems, {kRealTable})),
      synthetic_(metrics.counter(m::kLearnerSampledItems, {kSyntheticTable})),
      wait_(metrics.histogram(m::kLearnerBatchWait)),
      age_(metrics.histogram(m::kImaginationModelAge)) {}

Result<SampleBatch> WatchedReplay::Sample(const SampleRequest& request) {
  auto sample = ForwardingReplay::Sample(request);
  if (!sample.ok()) {
    if (!waits_since_) waits_since_ = Clock::now();
    return sample;
  }
  const auto now = Clock::now();
  wait_.Observe(std::chrono::duration<double>(now - waits_since_.value_or(now)).count());
  waits_since_.reset();
  const auto& rows = sample.value().rows.provenance;
  (request.table == kSyntheticTable ? synthetic_ : real_)
      .Add(static_cast<double>(sample.value().rows.size()));
  if (request.table != kSyntheticTable || rows.empty()) return sample;
  const auto by_version = [](const auto& a, const auto& b) {
    return a.model_version < b.model_version;
  };
  const std::uint64_t oldest =
      std::min_element(rows.begin(), rows.end(), by_version)->model_version;
  age_.Observe(model_version_ > oldest ? static_cast<double>(model_version_ - oldest) : 0.0);
  return sample;
}

}  // namespace dyna::learner
