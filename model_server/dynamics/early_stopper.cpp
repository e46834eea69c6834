#include "model_server/dynamics/early_stopper.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "common/core/check.hpp"

namespace dyna::dynamics {

EarlyStopper::EarlyStopper(std::int64_t members, double improvement_min,
                           std::int64_t patience_epochs)
    : best_(static_cast<std::size_t>(members), std::numeric_limits<double>::infinity()),
      improvement_min_(improvement_min),
      patience_epochs_(patience_epochs) {}

std::vector<std::int64_t> EarlyStopper::Observe(std::span<const double> errors) {
  DYNA_CHECK(errors.size() == best_.size());
  std::vector<std::int64_t> improved;
  for (std::size_t i = 0; i < errors.size(); ++i) {
    if (!std::isfinite(errors[i])) continue;
    const bool first = std::isinf(best_[i]);
    // A best of exactly 0 cannot be improved on.
    const bool better = best_[i] > 0.0 && (best_[i] - errors[i]) / best_[i] > improvement_min_;
    if (!first && !better) continue;
    best_[i] = errors[i];
    improved.push_back(static_cast<std::int64_t>(i));
  }
  epochs_without_ = improved.empty() ? epochs_without_ + 1 : 0;
  return improved;
}

std::vector<std::int64_t> LowestErrors(std::span<const double> errors, std::int64_t count) {
  DYNA_CHECK(count >= 0 && count <= static_cast<std::int64_t>(errors.size()));
  const auto key = [&](std::int64_t i) {
    const double error = errors[static_cast<std::size_t>(i)];
    return std::isnan(error) ? std::numeric_limits<double>::infinity() : error;
  };
  std::vector<std::int64_t> order(errors.size());
  std::iota(order.begin(), order.end(), std::int64_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::int64_t a, std::int64_t b) { return key(a) < key(b); });
  order.resize(static_cast<std::size_t>(count));
  return order;
}

}  // namespace dyna::dynamics
