#pragma once

#include <ATen/core/Tensor.h>

#include "common/core/matrix.hpp"
#include "model_server/dynamics/model_options.hpp"

namespace dyna::dynamics {

/// A model's input [B,I] float32: [obs, action], a discrete action one-hot.
///   obs     [B,O] float32
///   action  [B,A] float32, environment units, or [B,1] indices
at::Tensor EncodeInput(const ModelShape& shape, const at::Tensor& obs, const at::Tensor& action);

/// A copy of `matrix` as a tensor [rows, columns] float32.
at::Tensor ToTensor(const RowMatrix& matrix);
/// A copy of a tensor [rows, columns] float32.
RowMatrix ToMatrix(const at::Tensor& tensor);

}  // namespace dyna::dynamics
