#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "common/telemetry/metrics.hpp"
#include "common/wire/messages_report.hpp"
#include "learner/algorithms/algorithm.hpp"

namespace dyna::learner {

/// How well the run learns, for /metrics. A figure appears when it is first known: a return of 0
/// would be taken for one.
class LearningMetrics {
 public:
  /// `metrics` is borrowed and must outlive this.
  explicit LearningMetrics(telemetry::Metrics& metrics) : metrics_(metrics) {}

  void OnEpisodes(const wire::EpisodeReport& report);
  void OnEvaluation(std::uint64_t env_steps, double return_mean);
  void OnLosses(const Losses& losses);

 private:
  telemetry::Metrics& metrics_;
  std::optional<telemetry::Gauge> episode_return_;
  std::optional<telemetry::Gauge> evaluation_return_;
  std::optional<telemetry::Gauge> evaluation_steps_;
  std::map<std::string, telemetry::Gauge> losses_;
};

}  // namespace dyna::learner
