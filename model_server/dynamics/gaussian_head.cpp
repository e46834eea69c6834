#include "model_server/dynamics/gaussian_head.hpp"

#include <torch/torch.h>

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
                                     const at::Tensor& shared, at::Tensor& grad_out,
                                     at::Tensor& grad_shared) const {
  const std::int64_t d = target.size(1);
  const at::Tensor high = shared.narrow(0, 0, d);
  const at::Tensor low = shared.narrow(0, d, d);
  const at::Tensor raw = out.narrow(1, d, d);
  const at::Tensor u = high - at::softplus(high - raw);
  const at::Tensor log_var = low + at::softplus(u - low);
  const at::Tensor precision = log_var.neg().exp_();
  const at::Tensor error = out.narrow(1, 0, d) - target;
  const at::Tensor weighted = error * error * precision;
  const double scale = 1.0 / static_cast<double>(error.numel());

  grad_out.narrow(1, 0, d).copy_((error * precision).mul_(2.0 * scale));
  const at::Tensor grad_log_var = (1.0 - weighted).mul_(scale);
  // d log_var / d u, d u / d raw; what is left of each goes to the bound that clamps.
  const at::Tensor through_low = (u - low).sigmoid_();
  const at::Tensor through_high = (high - raw).sigmoid_();
  const at::Tensor grad_u = grad_log_var * through_low;
  grad_out.narrow(1, d, d).copy_(grad_u * through_high);
  grad_shared.narrow(0, 0, d).copy_((grad_u * (1.0 - through_high)).sum(0));
  grad_shared.narrow(0, d, d).copy_((grad_log_var * (1.0 - through_low)).sum(0));
  return (weighted + log_var).mean().item<double>();
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
