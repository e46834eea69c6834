#include "model_server/dynamics/termination_head.hpp"

#include <torch/torch.h>

namespace dyna::dynamics {

double TerminationLossAndGradient(const at::Tensor& logit, const at::Tensor& terminated,
                                  at::Tensor& grad_logit) {
  grad_logit.copy_((logit.sigmoid() - terminated).div_(static_cast<double>(logit.numel())));
  return (at::softplus(logit) - terminated * logit).mean().item<double>();
}

}  // namespace dyna::dynamics
