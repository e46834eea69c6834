#pragma once

#include <ATen/core/Tensor.h>

namespace dyna::dynamics {

/// Binary cross-entropy of a termination logit, mean over the batch:
///   L = mean_b softplus(z) - t z,   dL/dz = (sigmoid(z) - t) / B.
///   logit       [B]  float32
///   terminated  [B]  float32 in {0, 1}
///   grad_logit  [B]  written
double TerminationLossAndGradient(const at::Tensor& logit, const at::Tensor& terminated,
                                  at::Tensor& grad_logit);

}  // namespace dyna::dynamics
