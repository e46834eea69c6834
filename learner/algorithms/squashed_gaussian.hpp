#pragma once

#include <torch/types.h>

namespace dyna::learner {

/// Clip of the log standard deviation (algorithms.md 1.3).
inline constexpr double kLogStdMin = -20.0;
inline constexpr double kLogStdMax = 2.0;

/// A reparametrised draw a = tanh(u), u = mean + std * noise, with what its gradient needs.
struct SquashedSample {
  at::Tensor action = {};     ///< [B,A] in (-1, 1)
  at::Tensor log_prob = {};   ///< [B] nats, density of a (not of u)
  at::Tensor noise = {};      ///< [B,A] standard normal
  at::Tensor std = {};        ///< [B,A]
  at::Tensor unclipped = {};  ///< [B,A] 1 where log_std was inside its clip, else 0
};

/// Draws from `output` [B,2A] = [mean, log_std]; `noise` [B,A].
///   log pi(a) = sum_j  -noise_j^2 / 2 - log_std_j - log(2 pi) / 2 - log(1 - tanh(u_j)^2)
/// (Haarnoja et al. 2018, appendix C). The last term is taken from u, never from atanh(a), as
/// 2 * (log 2 - u - softplus(-2 u)), which stays finite when tanh(u) rounds to 1.
SquashedSample SampleSquashed(const at::Tensor& output, const at::Tensor& noise);

/// Gradient [B,2A] by the `output` of SampleSquashed, noise held fixed, of a loss whose gradients
/// are grad_action [B,A] (through the action alone) and grad_log_prob [B].
///   dL/du = grad_action * (1 - a^2) + grad_log_prob * 2 a
///   dL/dmean = dL/du;  dL/dlog_std = dL/du * std * noise - grad_log_prob, 0 where clipped
at::Tensor SquashedGradient(const SquashedSample& sample, const at::Tensor& grad_action,
                            const at::Tensor& grad_log_prob);

}  // namespace dyna::learner
