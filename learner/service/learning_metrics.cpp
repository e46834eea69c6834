#include "learner/service/learning_metrics.hpp"

#include <cmath>

#include "common/telemetry/metric_names.hpp"

namespace dyna::learner {
namespace {

namespace m = telemetry::metrics;

}  // namespace

void LearningMetrics::OnEpisodes(const wire::EpisodeReport& report) {
  if (report.episodes.empty()) return;
  if (!episode_return_) episode_return_ = metrics_.gauge(m::kLearnerEpisodeReturn);
  episode_return_->Set(report.episodes.back().episode_return);
}

void LearningMetrics::OnEvaluation(std::uint64_t env_steps, double return_mean) {
  if (!evaluation_return_) {
    evaluation_return_ = metrics_.gauge(m::kLearnerEvaluationReturn);
    evaluation_steps_ = metrics_.gauge(m::kLearnerEvaluationSteps);
  }
  evaluation_return_->Set(return_mean);
  evaluation_steps_->Set(static_cast<double>(env_steps));
}

void LearningMetrics::OnLosses(const Losses& losses) {
  for (const auto& [name, value] : losses) {
    if (!std::isfinite(value)) continue;  // not computed yet
    auto found = losses_.find(name);
    if (found == losses_.end()) {
      found = losses_.emplace(name, metrics_.gauge(m::kLearnerLoss, {name})).first;
    }
    found->second.Set(value);
  }
}

}  // namespace dyna::learner
