#pragma once

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "common/nn/torch/mlp.hpp"

namespace dyna::learner {

/// The outputs [E,B,N] of `mlp` with parameters `flat`, by tensors that autograd can follow.
inline at::Tensor ReferenceForward(const nn::Mlp& mlp, const at::Tensor& flat,
                                   const at::Tensor& x) {
  at::Tensor h = x;
  for (std::size_t entry = 0; entry < mlp.layout().entries(); entry += 2) {
    h = torch::matmul(h, mlp.layout().View(flat, entry)) +
        mlp.layout().View(flat, entry + 1).unsqueeze(1);
    if (entry + 2 < mlp.layout().entries()) h = h.relu();
  }
  return h;
}

/// Random parameters, biases too, so that no gradient is zero by accident.
inline void FillNormal(nn::Mlp& mlp, Rng& rng) {
  for (float& x : nn::FloatSpan(mlp.parameters())) x = static_cast<float>(0.3 * rng.Normal());
}

inline at::Tensor ToDouble(const float* values, at::IntArrayRef shape) {
  return at::from_blob(const_cast<float*>(values), shape).to(at::kDouble);
}

template <class Matrix>
at::Tensor ToDouble(const Matrix& matrix) {
  return ToDouble(matrix.data(), {matrix.rows(), matrix.cols()});
}

/// |actual - expected| is at most 2e-5 of the greatest entry expected.
inline void ExpectNear(const at::Tensor& actual, const at::Tensor& expected) {
  ASSERT_EQ(actual.sizes(), expected.sizes());
  const double scale = expected.abs().max().item<double>();
  EXPECT_LT((actual - expected).abs().max().item<double>(), 2e-5 * scale);
}

}  // namespace dyna::learner
