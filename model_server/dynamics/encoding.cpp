#include "model_server/dynamics/encoding.hpp"

#include <torch/torch.h>

#include <algorithm>

#include "common/core/check.hpp"

namespace dyna::dynamics {

at::Tensor EncodeInput(const ModelShape& shape, const at::Tensor& obs, const at::Tensor& action) {
  DYNA_CHECK(obs.dim() == 2 && obs.size(1) == shape.obs_columns);
  DYNA_CHECK(action.dim() == 2 && action.size(1) == shape.action_columns);
  DYNA_CHECK(obs.size(0) == action.size(0));
  if (shape.action_choices == 0) return at::cat({obs, action}, 1);
  at::Tensor one_hot = torch::zeros({obs.size(0), shape.action_choices}, torch::kFloat32);
  one_hot.scatter_(1, action.to(torch::kInt64), 1.0);
  return at::cat({obs, one_hot}, 1);
}

at::Tensor ToTensor(const RowMatrix& matrix) {
  at::Tensor tensor = torch::empty({matrix.rows(), matrix.cols()}, torch::kFloat32);
  std::copy(matrix.data(), matrix.data() + matrix.size(), tensor.data_ptr<float>());
  return tensor;
}

RowMatrix ToMatrix(const at::Tensor& tensor) {
  const at::Tensor dense = tensor.contiguous();
  RowMatrix matrix(dense.size(0), dense.size(1));
  std::copy(dense.data_ptr<float>(), dense.data_ptr<float>() + dense.numel(), matrix.data());
  return matrix;
}

}  // namespace dyna::dynamics
