#include "common/nn/dense_kernels.hpp"

#include <algorithm>

#include "common/nn/vector_clones.hpp"

namespace dyna::nn {

DYNA_VECTOR_CLONES
void AddBias(std::int64_t rows, std::int64_t columns, const float* __restrict bias,
             float* __restrict x) {
  for (std::int64_t b = 0; b < rows; ++b, x += columns) {
    for (std::int64_t j = 0; j < columns; ++j) x[j] += bias[j];
  }
}

DYNA_VECTOR_CLONES
void AddBiasRelu(std::int64_t rows, std::int64_t columns, const float* __restrict bias,
                 float* __restrict x) {
  for (std::int64_t b = 0; b < rows; ++b, x += columns) {
    for (std::int64_t j = 0; j < columns; ++j) {
      const float sum = x[j] + bias[j];
      x[j] = sum < 0.0F ? 0.0F : sum;
    }
  }
}

DYNA_VECTOR_CLONES
void ReluBackward(std::int64_t size, const float* __restrict output, float* __restrict grad) {
  for (std::int64_t i = 0; i < size; ++i) grad[i] = output[i] <= 0.0F ? 0.0F : grad[i];
}

DYNA_VECTOR_CLONES
void SumColumns(std::int64_t rows, std::int64_t columns, const float* __restrict x,
                float* __restrict sums) {
  std::fill(sums, sums + columns, 0.0F);
  for (std::int64_t b = 0; b < rows; ++b, x += columns) {
    for (std::int64_t j = 0; j < columns; ++j) sums[j] += x[j];
  }
}

DYNA_VECTOR_CLONES
void Scale(std::int64_t size, float factor, float* __restrict x) {
  for (std::int64_t i = 0; i < size; ++i) x[i] *= factor;
}

DYNA_VECTOR_CLONES
void AddTo(std::int64_t size, const float* __restrict x, float* __restrict sum) {
  for (std::int64_t i = 0; i < size; ++i) sum[i] += x[i];
}

DYNA_VECTOR_CLONES
void DotRows(std::int64_t rows, std::int64_t columns, const float* __restrict x,
             const float* __restrict weight, float bias, float* __restrict out) {
  // A sum per lane of the widest vectors: the compiler may not reorder a single one.
  constexpr std::int64_t kLanes = 16;
  const std::int64_t whole = columns / kLanes * kLanes;
  for (std::int64_t b = 0; b < rows; ++b, x += columns) {
    float lane[kLanes] = {};
    for (std::int64_t j = 0; j < whole; j += kLanes) {
      for (std::int64_t i = 0; i < kLanes; ++i) lane[i] += x[j + i] * weight[j + i];
    }
    float sum = bias;
    for (std::int64_t j = whole; j < columns; ++j) sum += x[j] * weight[j];
    for (std::int64_t half = kLanes / 2; half > 0; half /= 2) {
      for (std::int64_t i = 0; i < half; ++i) lane[i] += lane[i + half];
    }
    out[b] = sum + lane[0];
  }
}

DYNA_VECTOR_CLONES
void SumScaledRows(std::int64_t rows, std::int64_t columns, const float* __restrict x,
                   const float* __restrict grad, float* __restrict sums) {
  std::fill(sums, sums + columns, 0.0F);
  for (std::int64_t b = 0; b < rows; ++b, x += columns) {
    const float g = grad[b];
    for (std::int64_t j = 0; j < columns; ++j) sums[j] += g * x[j];
  }
}

DYNA_VECTOR_CLONES
void OuterReluBackward(std::int64_t rows, std::int64_t columns, const float* __restrict grad,
                       const float* __restrict weight, const float* __restrict x,
                       float* __restrict out) {
  for (std::int64_t b = 0; b < rows; ++b, x += columns, out += columns) {
    const float g = grad[b];
    for (std::int64_t j = 0; j < columns; ++j) {
      const float product = g * weight[j];
      out[j] = x[j] <= 0.0F ? 0.0F : product;
    }
  }
}

}  // namespace dyna::nn
