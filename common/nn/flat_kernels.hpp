#pragma once

#include <cstdint>
#include <span>

namespace dyna::nn {

/// Hyper-parameters of Adam (Kingma and Ba 2015, arXiv:1412.6980), PyTorch's defaults.
struct AdamOptions {
  double learning_rate = 1e-3;
  double beta1 = 0.9;    ///< decay of the first moment
  double beta2 = 0.999;  ///< decay of the second moment
  double epsilon = 1e-8;
};

/// Flat arrays of equal size: every parameter of a network, its gradient and both moments.
struct AdamBuffers {
  std::span<float> parameters = {};
  std::span<const float> gradients = {};
  std::span<float> first_moment = {};
  std::span<float> second_moment = {};
};

/// Step number `step` (from 1) of Adam in one pass over the buffers:
///   m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2
///   p -= lr / (1 - b1^t) * m / (sqrt(v) / sqrt(1 - b2^t) + eps)
/// Vector units change the speed, never a bit: no fused multiply-add, no reassociation.
void AdamStep(const AdamBuffers& buffers, const AdamOptions& options, std::int64_t step);

/// target += weight * (source - target), the Polyak step; weight 1 copies exactly.
void LerpInto(std::span<float> target, std::span<const float> source, double weight);

}  // namespace dyna::nn
