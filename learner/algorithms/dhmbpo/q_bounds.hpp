#pragma once

#include <ATen/core/Tensor.h>

#include <string>

#include "common/core/state_dict.hpp"

namespace dyna::learner::dhmbpo {

/// Where values can lie, from the soft rewards seen: gives the critics their scale,
/// Q = center + width * net, and cuts their targets.
class QBounds {
 public:
  struct Options {
    double quantile_low = 0.01;
    double quantile_high = 0.99;
    double gamma = 0.995;
    double rate = 3e-4;  ///< of the moving average, after the first update
  };

  explicit QBounds(const Options& options) : options_(options) {}

  /// Moves both bounds towards the quantiles of `soft_rewards` [N] (linear interpolation) over
  /// 1 - gamma; the first call sets them. No values: nothing changes.
  void Update(const at::Tensor& soft_rewards);

  double low() const noexcept { return low_; }
  double high() const noexcept { return high_; }
  double center() const noexcept { return 0.5 * (high_ + low_); }
  double width() const noexcept { return 0.5 * (high_ - low_); }

  void Save(const std::string& prefix, StateDict& state) const;
  void Load(const std::string& prefix, const StateDict& state);

 private:
  Options options_;
  bool set_ = false;
  double low_ = -1.0;
  double high_ = 1.0;
};

}  // namespace dyna::learner::dhmbpo
