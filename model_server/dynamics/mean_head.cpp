#include "model_server/dynamics/mean_head.hpp"

#include <torch/torch.h>

#include "common/core/check.hpp"

namespace dyna::dynamics {

at::Tensor MeanHead::InitialShared(std::int64_t /*targets*/) const {
  return torch::empty({0}, torch::kFloat32);
}

double MeanHead::LossAndGradient(const at::Tensor& out, const at::Tensor& target,
                                 const at::Tensor& /*shared*/, const at::Tensor& weights,
                                 at::Tensor& grad_out, at::Tensor& /*grad_shared*/) const {
  DYNA_CHECK(!weights.defined());
  const std::int64_t d = target.size(1);
  const at::Tensor error = out.narrow(1, 0, d) - target;
  grad_out.narrow(1, 0, d).copy_(error * (2.0 / static_cast<double>(error.numel())));
  return error.square().mean().item<double>();
}

void MeanHead::AddSharedGradient(at::Tensor& /*grad_shared*/) const {}

at::Tensor MeanHead::Mean(const at::Tensor& out, std::int64_t targets) const {
  return out.narrow(1, 0, targets);
}

at::Tensor MeanHead::Variance(const at::Tensor& out, const at::Tensor& /*shared*/,
                              std::int64_t targets) const {
  return torch::zeros({out.size(0), targets}, out.options());
}

}  // namespace dyna::dynamics
