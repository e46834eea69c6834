#include "learner/algorithms/objectives.hpp"

#include <torch/torch.h>

#include "common/core/check.hpp"

namespace dyna::learner {
namespace {

at::Tensor Bootstrap(const at::Tensor& reward, const at::Tensor& terminated,
                     const at::Tensor& next_value, double gamma) {
  DYNA_CHECK(reward.dim() == 1 && reward.sizes() == terminated.sizes());
  DYNA_CHECK(reward.sizes() == next_value.sizes());
  return reward + gamma * (1.0 - terminated) * next_value;
}

}  // namespace

at::Tensor SoftTarget(const at::Tensor& reward, const at::Tensor& terminated,
                      const at::Tensor& next_q, const at::Tensor& next_log_pi,
                      const at::Tensor& alpha, double gamma) {
  DYNA_CHECK(next_q.dim() == 2 && next_log_pi.dim() == 1);
  return Bootstrap(reward, terminated, next_q.amin(0) - alpha * next_log_pi, gamma);
}

at::Tensor DqnTarget(const at::Tensor& reward, const at::Tensor& terminated,
                     const at::Tensor& next_q_target, double gamma) {
  return Bootstrap(reward, terminated, next_q_target.amax(1), gamma);
}

at::Tensor DoubleDqnTarget(const at::Tensor& reward, const at::Tensor& terminated,
                           const at::Tensor& next_q_online, const at::Tensor& next_q_target,
                           double gamma) {
  DYNA_CHECK(next_q_online.sizes() == next_q_target.sizes());
  const at::Tensor next_action = next_q_online.argmax(1, /*keepdim=*/true);
  return Bootstrap(reward, terminated, next_q_target.gather(1, next_action).squeeze(1), gamma);
}

at::Tensor CriticLoss(const at::Tensor& td, const at::Tensor& weights) {
  DYNA_CHECK(td.dim() == 2 && td.size(1) == weights.size(0));
  return (td.square() * weights).mean(1) * 0.5;
}

at::Tensor CriticGradient(const at::Tensor& td, const at::Tensor& weights) {
  return td * (weights / static_cast<double>(td.size(1)));
}

at::Tensor ActorLoss(const at::Tensor& alpha, const at::Tensor& log_pi, const at::Tensor& q) {
  DYNA_CHECK(q.dim() == 2 && log_pi.dim() == 1 && q.size(1) == log_pi.size(0));
  return (alpha * log_pi - q.amin(0)).mean();
}

at::Tensor ActorGradient(const at::Tensor& q) {
  DYNA_CHECK(q.dim() == 2);
  return at::zeros_like(q).scatter_(0, q.argmin(0, /*keepdim=*/true),
                                    -1.0 / static_cast<double>(q.size(1)));
}

at::Tensor TemperatureLoss(const at::Tensor& log_alpha, const at::Tensor& log_pi,
                           double target_entropy) {
  return -log_alpha * (log_pi.mean() + target_entropy);
}

at::Tensor TemperatureGradient(const at::Tensor& log_pi, double target_entropy) {
  return -(log_pi.mean() + target_entropy).view({1});
}

at::Tensor DqnLoss(const at::Tensor& td, const at::Tensor& weights, bool huber) {
  DYNA_CHECK(td.dim() == 1 && td.sizes() == weights.sizes());
  const at::Tensor loss =
      huber ? at::huber_loss(td, at::zeros_like(td), at::Reduction::None, 1.0) : td.square();
  return (loss * weights).mean();
}

at::Tensor DqnGradient(const at::Tensor& td, const at::Tensor& weights, bool huber) {
  const at::Tensor slope = huber ? td.clamp(-1.0, 1.0) : td * 2.0;
  return slope * (weights / static_cast<double>(td.size(0)));
}

}  // namespace dyna::learner
