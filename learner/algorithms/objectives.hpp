#pragma once

#include <torch/types.h>

namespace dyna::learner {

/// Pure functions of Q-learning: targets, losses and the gradients the learners apply.
/// B batch, C critics, N actions. All tensors float32 (float64 in tests), no autograd needed.

/// Soft TD target (Haarnoja et al. 2018, eq. 3 and the minimum of two critics)
///   y = r + gamma * (1 - terminated) * (min_c Q_c(s', a') - alpha * log_pi(a'|s')).
///   reward, terminated  [B]     terminated in {0, 1}; a time limit does not set it
///   next_q              [C,B]   of the target critics
///   next_log_pi         [B]     nats
///   alpha               [1]     temperature
///   returns             [B]
at::Tensor SoftTarget(const at::Tensor& reward, const at::Tensor& terminated,
                      const at::Tensor& next_q, const at::Tensor& next_log_pi,
                      const at::Tensor& alpha, double gamma);

/// DQN target (Mnih et al. 2015)  y = r + gamma * (1 - terminated) * max_a Q'(s', a).
///   next_q_target  [B,N] of the target net;  returns [B]
at::Tensor DqnTarget(const at::Tensor& reward, const at::Tensor& terminated,
                     const at::Tensor& next_q_target, double gamma);

/// Double-DQN target (van Hasselt et al. 2016)
///   y = r + gamma * (1 - terminated) * Q'(s', arg max_a Q(s', a)).
///   next_q_online, next_q_target  [B,N];  returns [B]
at::Tensor DoubleDqnTarget(const at::Tensor& reward, const at::Tensor& terminated,
                           const at::Tensor& next_q_online, const at::Tensor& next_q_target,
                           double gamma);

/// L_c = mean_b w_b * 0.5 * (Q_c(s_b, a_b) - y_b)^2, one loss per critic.
///   td [C,B] is Q - y;  weights [B] importance weights, 1 if uniform;  returns [C]
at::Tensor CriticLoss(const at::Tensor& td, const at::Tensor& weights);
/// d sum_c L_c / d Q  [C,B] = w_b * td / B.
at::Tensor CriticGradient(const at::Tensor& td, const at::Tensor& weights);

/// L = mean_b (alpha * log_pi_b - min_c Q_c(s_b, a_b)).  log_pi [B], q [C,B];  returns a scalar
at::Tensor ActorLoss(const at::Tensor& alpha, const at::Tensor& log_pi, const at::Tensor& q);
/// dL / dQ  [C,B]: -1/B at the least critic of each row, 0 elsewhere (ties: the first).
at::Tensor ActorGradient(const at::Tensor& q);

/// L = -log_alpha * (mean_b log_pi_b + target_entropy), log_pi constant: alpha falls while the
/// policy's entropy is above its target. log_alpha [1];  returns [1]
at::Tensor TemperatureLoss(const at::Tensor& log_alpha, const at::Tensor& log_pi,
                           double target_entropy);
/// dL / d log_alpha  [1].
at::Tensor TemperatureGradient(const at::Tensor& log_pi, double target_entropy);

/// L = mean_b w_b * l(td_b) with l(x) = x^2, or for huber x^2 / 2 up to |x| = 1 and |x| - 1/2
/// beyond. td, weights [B];  returns a scalar
at::Tensor DqnLoss(const at::Tensor& td, const at::Tensor& weights, bool huber);
/// dL / dQ  [B].
at::Tensor DqnGradient(const at::Tensor& td, const at::Tensor& weights, bool huber);

}  // namespace dyna::learner
