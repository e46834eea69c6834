#pragma once

#include "model_server/dynamics/output_head.hpp"

namespace dyna::dynamics {

/// A point prediction per target. Loss of a member: mean over (b, d) of (mu - y)^2.
class MeanHead : public OutputHead {
 public:
  std::int64_t outputs(std::int64_t targets) const override { return targets; }
  at::Tensor InitialShared(std::int64_t targets) const override;
  double LossAndGradient(const at::Tensor& out, const at::Tensor& target, const at::Tensor& shared,
                         const at::Tensor& weights, at::Tensor& grad_out,
                         at::Tensor& grad_shared) const override;
  void AddSharedGradient(at::Tensor& grad_shared) const override;
  at::Tensor Mean(const at::Tensor& out, std::int64_t targets) const override;
  at::Tensor Variance(const at::Tensor& out, const at::Tensor& shared,
                      std::int64_t targets) const override;
};

}  // namespace dyna::dynamics
