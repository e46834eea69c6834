#pragma once

#include <cstdint>

#include "common/nn/policy_weights.hpp"

namespace dyna::nn {

/// Bias and activation f of a dense layer in one pass over its product. Matrices are row-major and
/// dense, B rows and N columns. Single-threaded.

/// x [B,N] = f(x + bias [N]).
void AddBiasActivate(Activation activation, std::int64_t rows, std::int64_t columns,
                     const float* bias, float* x);
/// The same for training: y [B,N] = f(x + bias), and x becomes the slope f'(x + bias), so that the
/// backward pass is one multiplication.
void AddBiasActivateWithSlope(Activation activation, std::int64_t rows, std::int64_t columns,
                              const float* bias, float* x, float* y);
/// grad [size] *= slope [size].
void MultiplyBy(std::int64_t size, const float* slope, float* grad);

}  // namespace dyna::nn
