#include "model_server/dynamics/paired_stopper.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "common/core/check.hpp"
#include "model_server/dynamics/student_t.hpp"

namespace dyna::dynamics {
namespace {

constexpr std::size_t kNormalRows = 1000;

bool AllFinite(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

}  // namespace

double PairedDropProbability(std::span<const double> now, std::span<const double> best) {
  DYNA_CHECK(now.size() == best.size() && now.size() >= 2);
  if (!AllFinite(now)) return 1.0;
  if (!AllFinite(best)) return 0.0;
  const auto n = static_cast<double>(now.size());
  double mean = 0.0;
  for (std::size_t i = 0; i < now.size(); ++i) mean += (now[i] - best[i]) / n;
  double squares = 0.0;
  for (std::size_t i = 0; i < now.size(); ++i) {
    const double d = now[i] - best[i] - mean;
    squares += d * d;
  }
  if (squares == 0.0) return mean < 0.0 ? 0.0 : 1.0;
  const double statistic = mean / std::sqrt(squares / (n - 1.0) / n);
  return now.size() >= kNormalRows
             ? NormalCdf(statistic)
             : StudentTCdf(statistic, static_cast<std::int64_t>(now.size()) - 1);
}

PairedStopper::PairedStopper(const Options& options, std::vector<double> initial)
    : options_(options), best_(std::move(initial)) {}

bool PairedStopper::Observe(std::vector<double> scores) {
  const double p = PairedDropProbability(scores, best_);
  epochs_without_ = p < options_.p_reset ? 0 : epochs_without_ + 1;
  if (p >= options_.p_best) return false;
  best_ = std::move(scores);
  return true;
}

}  // namespace dyna::dynamics
