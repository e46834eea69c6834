#include "common/nn/torch/tensor_state.hpp"

#include <torch/torch.h>

#include <algorithm>
#include <sstream>
#include <vector>

#include "common/core/check.hpp"
#include "common/core/error.hpp"

namespace dyna::nn {
namespace {

template <class T>
void Put(StateDict& state, const std::string& name, const at::Tensor& tensor) {
  state.Put(name,
            std::span<const T>(tensor.data_ptr<T>(), static_cast<std::size_t>(tensor.numel())),
            tensor.sizes().vec());
}

template <class T>
void GetInto(const StateDict& state, const std::string& name, at::Tensor& tensor) {
  state.GetInto(name, std::span<T>(tensor.data_ptr<T>(), static_cast<std::size_t>(tensor.numel())));
}

[[noreturn]] void UnsupportedType(const at::Tensor& tensor) {
  DYNA_CHECK_MSG(false, "tensors of type " << tensor.dtype() << " are not saved");
  std::abort();
}

void CheckShape(const StateDict& state, const std::string& name, const at::Tensor& tensor) {
  const auto& shape = state.Raw(name).shape;
  if (shape == tensor.sizes().vec()) return;
  std::ostringstream message;
  message << "entry '" << name << "' has shape " << at::IntArrayRef(shape) << ", not "
          << tensor.sizes();
  throw CheckpointError(message.str());
}

}  // namespace

void PutTensor(StateDict& state, const std::string& name, const at::Tensor& tensor) {
  const at::Tensor dense = tensor.detach().to(torch::kCPU).contiguous();
  switch (dense.scalar_type()) {
    case torch::kFloat32:
      return Put<float>(state, name, dense);
    case torch::kFloat64:
      return Put<double>(state, name, dense);
    case torch::kInt64:
      return Put<std::int64_t>(state, name, dense);
    case torch::kUInt8:
      return Put<std::uint8_t>(state, name, dense);
    default:
      UnsupportedType(tensor);
  }
}

void GetTensorInto(const StateDict& state, const std::string& name, at::Tensor& tensor) {
  DYNA_CHECK(tensor.is_contiguous());
  CheckShape(state, name, tensor);
  switch (tensor.scalar_type()) {
    case torch::kFloat32:
      return GetInto<float>(state, name, tensor);
    case torch::kFloat64:
      return GetInto<double>(state, name, tensor);
    case torch::kInt64:
      return GetInto<std::int64_t>(state, name, tensor);
    case torch::kUInt8:
      return GetInto<std::uint8_t>(state, name, tensor);
    default:
      UnsupportedType(tensor);
  }
}

at::Tensor GetRows(const StateDict& state, const std::string& name, const at::Tensor& like) {
  std::vector<std::int64_t> shape = like.sizes().vec();
  const auto& stored = state.Raw(name).shape;
  if (!stored.empty()) shape[0] = stored[0];
  if (shape[0] < 0 || stored != shape) {
    throw CheckpointError("entry '" + name + "' does not have the columns expected");
  }
  at::Tensor tensor = torch::empty(shape, like.options());
  GetTensorInto(state, name, tensor);
  return tensor;
}

}  // namespace dyna::nn
