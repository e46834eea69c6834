#pragma once

#include <ATen/core/Tensor.h>

#include "model_server/dynamics/ensemble_net.hpp"
#include "model_server/dynamics/normalizer.hpp"

namespace dyna::dynamics {

/// Outputs [B, outputs] of a net, row i by member `members[i]`, for raw inputs [B,I] that `input`
/// standardises; rows are grouped, so every row passes through one member. Autograd follows it back
/// to `inputs` (once differentiable): the backward pass is written by hand and reads `net`, which
/// must stay as it is until then.
///   inputs   [B,I]  float32
///   members  [B]    int64 in [0, E), any order
at::Tensor ForwardWithGraph(const EnsembleNet& net, const Normalizer& input,
                            const at::Tensor& inputs, const at::Tensor& members);

}  // namespace dyna::dynamics
