#pragma once

#include "model_server/dynamics/output_head.hpp"

namespace dyna::dynamics {

/// Soft clamp of a raw log-variance between learned bounds (PETS, Chua et al. 2018, appendix A):
///   u = max - softplus(max - raw);  log_var = min + softplus(u - min).
///   raw [B,D], low [D], high [D] -> [B,D]
at::Tensor SoftClamp(const at::Tensor& raw, const at::Tensor& low, const at::Tensor& high);

/// Mean and log-variance per target. Loss of a member (MBPO, official code):
///   mean over (b, d) of (mu - y)^2 exp(-log_var) + log_var,
/// plus, once, weight * (sum(high) - sum(low)) over the bounds. Shared parameters: [high, low],
/// [2D], starting at +0.5 and -10.
class GaussianHead : public OutputHead {
 public:
  explicit GaussianHead(double bound_weight) : bound_weight_(bound_weight) {}

  std::int64_t outputs(std::int64_t targets) const override { return 2 * targets; }
  at::Tensor InitialShared(std::int64_t targets) const override;
  double LossAndGradient(const at::Tensor& out, const at::Tensor& target, const at::Tensor& shared,
                         const at::Tensor& weights, at::Tensor& grad_out,
                         at::Tensor& grad_shared) const override;
  void AddSharedGradient(at::Tensor& grad_shared) const override;
  at::Tensor Mean(const at::Tensor& out, std::int64_t targets) const override;
  at::Tensor Variance(const at::Tensor& out, const at::Tensor& shared,
                      std::int64_t targets) const override;

 private:
  double bound_weight_;
};

}  // namespace dyna::dynamics
