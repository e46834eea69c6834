#include "learner/algorithms/dhmbpo/q_bounds.hpp"

#include <torch/torch.h>

namespace dyna::learner::dhmbpo {

void QBounds::Update(const at::Tensor& soft_rewards) {
  if (soft_rewards.numel() == 0) return;
  const at::Tensor sorted =
      std::get<0>(soft_rewards.detach().reshape({-1}).to(torch::kFloat64).sort());
  const double* values = sorted.data_ptr<double>();
  const auto last = static_cast<double>(sorted.numel() - 1);
  const auto bound = [&](double quantile) {
    const double place = quantile * last;
    const auto below = static_cast<std::int64_t>(place);
    const std::int64_t above = std::min(below + 1, sorted.numel() - 1);
    const double share = place - static_cast<double>(below);
    return ((1.0 - share) * values[below] + share * values[above]) / (1.0 - options_.gamma);
  };
  const double rate = set_ ? options_.rate : 1.0;
  low_ += rate * (bound(options_.quantile_low) - low_);
  high_ += rate * (bound(options_.quantile_high) - high_);
  set_ = true;
}

void QBounds::Save(const std::string& prefix, StateDict& state) const {
  state.PutScalar<std::uint8_t>(prefix + "set", set_ ? 1 : 0);
  state.PutScalar<double>(prefix + "low", low_);
  state.PutScalar<double>(prefix + "high", high_);
}

void QBounds::Load(const std::string& prefix, const StateDict& state) {
  set_ = state.GetScalar<std::uint8_t>(prefix + "set") != 0;
  low_ = state.GetScalar<double>(prefix + "low");
  high_ = state.GetScalar<double>(prefix + "high");
}

}  // namespace dyna::learner::dhmbpo
