#include "model_server/dynamics/homoscedastic_head.hpp"

#include <torch/torch.h>

#include <cmath>

#include "common/core/check.hpp"

namespace dyna::dynamics {

HomoscedasticHead::HomoscedasticHead(double std_min) : log_std_min_(std::log(std_min)) {
  DYNA_CHECK(std_min > 0.0);
}

at::Tensor HomoscedasticHead::InitialShared(std::int64_t targets) const {
  return torch::zeros({targets}, torch::kFloat32);
}

double HomoscedasticHead::LossAndGradient(const at::Tensor& out, const at::Tensor& target,
                                          const at::Tensor& shared, const at::Tensor& weights,
                                          at::Tensor& grad_out, at::Tensor& grad_shared) const {
  const at::Tensor& l = shared;
  const double rows = static_cast<double>(target.size(0));
  at::Tensor share = torch::full({target.size(0), 1}, 1.0 / rows);  // of each row in the mean
  if (weights.defined()) share.mul_(weights.unsqueeze(1));
  const at::Tensor precision = (-2.0 * l).exp();
  const at::Tensor error = out - target;
  const at::Tensor pull = error * precision * share;  // dL/du
  const at::Tensor squares = (pull * error).sum(0);   // weighted mean of (u - y)^2 exp(-2 l), [D]
  const at::Tensor total = share.sum();
  grad_out.copy_(pull);
  grad_shared.copy_((l > log_std_min_).to(torch::kFloat32) * total - squares);
  return (0.5 * squares.sum() + l.clamp_min(log_std_min_).sum() * total).item<double>();
}

at::Tensor HomoscedasticHead::Mean(const at::Tensor& out, std::int64_t targets) const {
  return out.narrow(1, 0, targets);
}

at::Tensor HomoscedasticHead::Variance(const at::Tensor& out, const at::Tensor& shared,
                                       std::int64_t targets) const {
  return (2.0 * shared).exp().expand({out.size(0), targets}).contiguous();
}

}  // namespace dyna::dynamics
