#pragma once

#include <cstdint>

namespace dyna::dynamics {

/// Arrays of one member's Gaussian loss. B rows, D targets, row-major float32.
struct GaussianLossArrays {
  std::int64_t rows = 0;          ///< B
  std::int64_t targets = 0;       ///< D
  const float* out = nullptr;     ///< [B,2D] means, then raw log-variances
  std::int64_t out_stride = 0;    ///< elements from row to row
  const float* target = nullptr;  ///< [B,D]
  const float* high = nullptr;    ///< [D] bounds of the log-variance
  const float* low = nullptr;     ///< [D]
  float* grad_out = nullptr;      ///< [B,2D] written
  std::int64_t grad_stride = 0;
  float* grad_high = nullptr;  ///< [D] written
  float* grad_low = nullptr;   ///< [D] written
};

/// Mean over (b, d) of (mu - y)^2 exp(-v) + v with v = SoftClamp(raw, low, high), and its
/// gradients, in one pass:
///   u = high - softplus(high - raw),  v = low + softplus(u - low)
///   dv/du = sigmoid(u - low),  du/draw = sigmoid(high - raw); what is left of each derivative goes
///   to the bound that clamps.
double GaussianLossAndGradient(const GaussianLossArrays& arrays);

}  // namespace dyna::dynamics
