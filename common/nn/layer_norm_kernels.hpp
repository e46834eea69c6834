#pragma once

#include <cstdint>

namespace dyna::nn {

/// Layer normalisation without gain and offset (Ba, Kiros & Hinton 2016), row by row:
///   x <- (x - mean) r  with  r = 1 / sqrt(var + epsilon),  var the mean square deviation.
/// Matrices are row-major and dense, B rows and N columns. Single-threaded; the order of every sum
/// is fixed.

/// x [B,N] in place; `inverse_std` [B] receives r, or is null.
void NormalizeRows(std::int64_t rows, std::int64_t columns, float epsilon, float* x,
                   float* inverse_std);
/// grad [B,N] in place, from the gradient by the normalised x^ to that by x:
///   r (g - mean(g) - x^ mean(g x^)).
void NormalizeRowsBackward(std::int64_t rows, std::int64_t columns, const float* normalized,
                           const float* inverse_std, float* grad);

}  // namespace dyna::nn
