#include "common/nn/activation_kernels.hpp"

#include "common/nn/vector_clones.hpp"
#include "common/nn/vector_math.hpp"

namespace dyna::nn {
namespace {

struct Point {
  float value, slope;
};

[[gnu::always_inline]] inline Point Relu(float x) {
  return {x < 0.0F ? 0.0F : x, x <= 0.0F ? 0.0F : 1.0F};
}

[[gnu::always_inline]] inline Point Tanh(float x) {
  const float size = x < 0.0F ? -x : x;
  const float t = VectorExp(-2.0F * size);
  const float positive = (1.0F - t) / (1.0F + t);
  const float value = x < 0.0F ? -positive : positive;
  return {value, 1.0F - value * value};
}

/// x sigmoid(x), whose slope is sigmoid(x) (1 + x (1 - sigmoid(x))).
[[gnu::always_inline]] inline Point Silu(float x) {
  const float sigmoid = 1.0F / (1.0F + VectorExp(-x));
  return {x * sigmoid, sigmoid * (1.0F + x * (1.0F - sigmoid))};
}

template <Point (*F)(float)>
[[gnu::always_inline]] inline void Each(std::int64_t rows, std::int64_t columns,
                                        const float* __restrict bias, float* __restrict x) {
  for (std::int64_t b = 0; b < rows; ++b, x += columns) {
    for (std::int64_t j = 0; j < columns; ++j) x[j] = F(x[j] + bias[j]).value;
  }
}

template <Point (*F)(float)>
[[gnu::always_inline]] inline void EachWithSlope(std::int64_t rows, std::int64_t columns,
                                                 const float* __restrict bias, float* __restrict x,
                                                 float* __restrict y) {
  for (std::int64_t b = 0; b < rows; ++b, x += columns, y += columns) {
    for (std::int64_t j = 0; j < columns; ++j) {
      const Point point = F(x[j] + bias[j]);
      y[j] = point.value;
      x[j] = point.slope;
    }
  }
}

}  // namespace

DYNA_VECTOR_CLONES
void AddBiasActivate(Activation activation, std::int64_t rows, std::int64_t columns,
                     const float* bias, float* x) {
  switch (activation) {
    case Activation::kRelu:
      return Each<Relu>(rows, columns, bias, x);
    case Activation::kTanh:
      return Each<Tanh>(rows, columns, bias, x);
    case Activation::kSilu:
      return Each<Silu>(rows, columns, bias, x);
  }
}

DYNA_VECTOR_CLONES
void AddBiasActivateWithSlope(Activation activation, std::int64_t rows, std::int64_t columns,
                              const float* bias, float* x, float* y) {
  switch (activation) {
    case Activation::kRelu:
      return EachWithSlope<Relu>(rows, columns, bias, x, y);
    case Activation::kTanh:
      return EachWithSlope<Tanh>(rows, columns, bias, x, y);
    case Activation::kSilu:
      return EachWithSlope<Silu>(rows, columns, bias, x, y);
  }
}

DYNA_VECTOR_CLONES
void MultiplyBy(std::int64_t size, const float* __restrict slope, float* __restrict grad) {
  for (std::int64_t i = 0; i < size; ++i) grad[i] *= slope[i];
}

}  // namespace dyna::nn
