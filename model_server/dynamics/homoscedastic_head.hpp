#pragma once

#include "model_server/dynamics/output_head.hpp"

namespace dyna::dynamics {

/// A mean per target and one learned log-std l [D] per member, whatever the input. Loss of a member
/// (DHMBPO, Kubo et al. 2025, official code):
///   mean over b of  w_b sum over d of (u - y)^2 exp(-2 l) / 2 + max(l, ln std_min).
/// The bound stops the second term only: below it the first one pushes l up again.
class HomoscedasticHead : public OutputHead {
 public:
  explicit HomoscedasticHead(double std_min);

  std::int64_t outputs(std::int64_t targets) const override { return targets; }
  /// l = 0: the std of standardised targets.
  at::Tensor InitialShared(std::int64_t targets) const override;
  bool per_member() const override { return true; }
  double LossAndGradient(const at::Tensor& out, const at::Tensor& target, const at::Tensor& shared,
                         const at::Tensor& weights, at::Tensor& grad_out,
                         at::Tensor& grad_shared) const override;
  void AddSharedGradient(at::Tensor& /*grad_shared*/) const override {}
  at::Tensor Mean(const at::Tensor& out, std::int64_t targets) const override;
  at::Tensor Variance(const at::Tensor& out, const at::Tensor& shared,
                      std::int64_t targets) const override;

 private:
  double log_std_min_;
};

}  // namespace dyna::dynamics
