#pragma once

#include <ATen/core/Tensor.h>

#include <string>

#include "common/core/state_dict.hpp"

namespace dyna::nn {

/// Stores a copy of a float32, float64, int64 or uint8 tensor under `name`.
void PutTensor(StateDict& state, const std::string& name, const at::Tensor& tensor);

/// Overwrites the values of `tensor` (contiguous) in place, so that views of it stay views.
/// CheckpointError when the entry is missing, of another type or of another shape.
void GetTensorInto(const StateDict& state, const std::string& name, at::Tensor& tensor);

/// The entry as a new tensor of its own shape and of type `like`, whose axes after the first it
/// must have: for data that grows.
at::Tensor GetRows(const StateDict& state, const std::string& name, const at::Tensor& like);

}  // namespace dyna::nn
