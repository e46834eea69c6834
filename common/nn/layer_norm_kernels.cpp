#include "common/nn/layer_norm_kernels.hpp"

#include <cmath>

#include "common/nn/vector_clones.hpp"

namespace dyna::nn {
namespace {

// A sum per lane of the widest vectors: the compiler may not reorder a single one.
constexpr std::int64_t kLanes = 16;

/// sum_j term(j).
template <class Term>
[[gnu::always_inline]] inline float Sum(std::int64_t columns, Term term) {
  const std::int64_t whole = columns / kLanes * kLanes;
  float lane[kLanes] = {};
  for (std::int64_t j = 0; j < whole; j += kLanes) {
    for (std::int64_t i = 0; i < kLanes; ++i) lane[i] += term(j + i);
  }
  float rest = 0.0F;
  for (std::int64_t j = whole; j < columns; ++j) rest += term(j);
  for (std::int64_t half = kLanes / 2; half > 0; half /= 2) {
    for (std::int64_t i = 0; i < half; ++i) lane[i] += lane[i + half];
  }
  return rest + lane[0];
}

}  // namespace

DYNA_VECTOR_CLONES
void NormalizeRows(std::int64_t rows, std::int64_t columns, float epsilon, float* __restrict x,
                   float* inverse_std) {
  const float share = 1.0F / static_cast<float>(columns);
  for (std::int64_t b = 0; b < rows; ++b, x += columns) {
    const auto value = [x](std::int64_t j) __attribute__((always_inline)) { return x[j]; };
    const float mean = share * Sum(columns, value);
    for (std::int64_t j = 0; j < columns; ++j) x[j] -= mean;
    const auto square = [x](std::int64_t j) __attribute__((always_inline)) { return x[j] * x[j]; };
    const float r = 1.0F / std::sqrt(share * Sum(columns, square) + epsilon);
    for (std::int64_t j = 0; j < columns; ++j) x[j] *= r;
    if (inverse_std != nullptr) inverse_std[b] = r;
  }
}

DYNA_VECTOR_CLONES
void NormalizeRowsBackward(std::int64_t rows, std::int64_t columns,
                           const float* __restrict normalized, const float* inverse_std,
                           float* __restrict grad) {
  const float share = 1.0F / static_cast<float>(columns);
  for (std::int64_t b = 0; b < rows; ++b, grad += columns, normalized += columns) {
    const float* g = grad;
    const float* n = normalized;
    const auto value = [g](std::int64_t j) __attribute__((always_inline)) { return g[j]; };
    const auto product = [ g, n ](std::int64_t j) __attribute__((always_inline)) {
      return g[j] * n[j];
    };
    const float mean = share * Sum(columns, value);
    const float along = share * Sum(columns, product);
    const float r = inverse_std[b];
    for (std::int64_t j = 0; j < columns; ++j) {
      grad[j] = r * (grad[j] - mean - normalized[j] * along);
    }
  }
}

}  // namespace dyna::nn
