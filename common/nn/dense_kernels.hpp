#pragma once

#include <cstdint>

namespace dyna::nn {

/// What a dense layer does around its matrix product, as single passes over memory. Matrices are
/// row-major and dense, B rows and N columns. Single-threaded; the order of every sum is fixed.

/// x [B,N] += bias [N].
void AddBias(std::int64_t rows, std::int64_t columns, const float* bias, float* x);
/// x [B,N] = max(x + bias [N], 0); NaN stays NaN.
void AddBiasRelu(std::int64_t rows, std::int64_t columns, const float* bias, float* x);
/// grad [size] = 0 where the ReLU's output is zero.
void ReluBackward(std::int64_t size, const float* output, float* grad);
/// sums [N] = the columns of x [B,N] summed: the gradient of a bias.
void SumColumns(std::int64_t rows, std::int64_t columns, const float* x, float* sums);

/// x [size] *= factor.
void Scale(std::int64_t size, float factor, float* x);
/// sum [size] += x [size].
void AddTo(std::int64_t size, const float* x, float* sum);

/// The layer of one output, where a matrix product has nothing to do.
///   out [B] = x [B,N] weight [N] + bias
void DotRows(std::int64_t rows, std::int64_t columns, const float* x, const float* weight,
             float bias, float* out);
/// Its gradient: by the weight, sums [N] = sum_b grad [B] x [B,N];
void SumScaledRows(std::int64_t rows, std::int64_t columns, const float* x, const float* grad,
                   float* sums);
/// by the pre-activation below, out [B,N] = grad [B] weight [N] where x [B,N] > 0, else 0.
void OuterReluBackward(std::int64_t rows, std::int64_t columns, const float* grad,
                       const float* weight, const float* x, float* out);

}  // namespace dyna::nn
