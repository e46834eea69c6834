#include "model_server/dynamics/gaussian_head.hpp"

#include <torch/torch.h>

#include "common/core/check.hpp"
#include "model_server/dynamics/gaussian_loss.hpp"

namespace dyna::dynamics {
namespace {

constexpr float kHighInitial = 0.5F;
constexpr float kLowInitial = -10.0F;

}  // namespace

at::Tensor SoftClamp(const at::Tensor& raw, const at::Tensor& low, const at::Tensor& high) {
  const at::Tensor u = high - at::softplus(high - raw);
  return low + at::softplus(u - low);
}

at::Tensor GaussianHead::InitialShared(std::int64_t targets) const {
  return at::cat({torch::full({targets}, kHighInitial), torch::full({targets}, kLowInitial)});
}

double GaussianHead::LossAndGradient(const at::Tensor& out, const at::Tensor& target,
                                     const at::Tensor& shared, const at::Tensor& weights,
                                     at::Tensor& grad_out, at::Tensor& grad_shared) const {
  DYNA_CHECK(!weights.defined());
  // Heads see the first columns of nets that may have more.
  DYNA_CHECK(out.stride(1) == 1 && grad_out.stride(1) == 1 && target.is_contiguous());
  return GaussianLossAndGradient({.rows = target.size(0),
                                  .targets = target.size(1),
                                  .out = out.data_ptr<float>(),
                                  .out_stride = out.stride(0),
                                  .target = target.data_ptr<float>(),
                                  .high = shared.data_ptr<float>(),
                                  .low = shared.data_ptr<float>() + target.size(1),
                                  .grad_out = grad_out.data_ptr<float>(),
                                  .grad_stride = grad_out.stride(0),
                                  .grad_high = grad_shared.data_ptr<float>(),
                                  .grad_low = grad_shared.data_ptr<float>() + target.size(1)});
}

void GaussianHead::AddSharedGradient(at::Tensor& grad_shared) const {
  const std::int64_t d = grad_shared.size(0) / 2;
  grad_shared.narrow(0, 0, d).add_(bound_weight_);
  grad_shared.narrow(0, d, d).sub_(bound_weight_);
}

at::Tensor GaussianHead::Mean(const at::Tensor& out, std::int64_t targets) const {
  return out.narrow(1, 0, targets);
}

at::Tensor GaussianHead::Variance(const at::Tensor& out, const at::Tensor& shared,
                                  std::int64_t targets) const {
  return SoftClamp(out.narrow(1, targets, targets), shared.narrow(0, targets, targets),
                   shared.narrow(0, 0, targets))
      .exp_();
}

}  // namespace dyna::dynamics
