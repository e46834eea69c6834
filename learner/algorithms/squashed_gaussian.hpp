#pragma once

#include <cstdint>

#include "common/nn/aligned_floats.hpp"

namespace dyna::learner {

/// Clip of the log standard deviation (algorithms.md 1.3).
inline constexpr double kLogStdMin = -20.0;
inline constexpr double kLogStdMax = 2.0;

/// Reparametrised draws a = tanh(u), u = mean + std * noise, with what their gradient needs.
/// Its buffers are reused from call to call. Single-threaded.
class SquashedGaussian {
 public:
  /// Draws from `output` [B,2A] = [mean, log_std] with standard normal `noise` [B,A].
  ///   log pi(a) = sum_j  -noise_j^2 / 2 - log_std_j - log(2 pi) / 2 - log(1 - tanh(u_j)^2)
  /// (Haarnoja et al. 2018, appendix C). The last term is taken from u, never from atanh(a):
  ///   log(1 - tanh(u)^2) = log 4 - 2 |u| - 2 log(1 + e^(-2 |u|)),
  /// which stays finite when tanh(u) rounds to 1.
  void Draw(std::int64_t rows, std::int64_t columns, const float* output, const float* noise);

  const float* action() const noexcept { return action_.data(); }      ///< [B,A] in [-1, 1]
  const float* log_prob() const noexcept { return log_prob_.data(); }  ///< [B] nats, density of a

  /// Gradient [rows,2A] by the outputs of the first `rows` rows, noise held fixed, of a loss whose
  /// gradient is grad_action [rows,A] through the action alone and grad_log_prob by each log_prob.
  ///   dL/du = grad_action * (1 - a^2) + grad_log_prob * 2 a
  ///   dL/dmean = dL/du;  dL/dlog_std = dL/du * std * noise - grad_log_prob, 0 where clipped
  void Gradient(std::int64_t rows, const float* grad_action, float grad_log_prob,
                float* grad_output);

 private:
  std::int64_t columns_ = 0;          // A
  nn::AlignedFloats mean_, log_std_;  // [B,A] as the net gave them
  nn::AlignedFloats scaled_noise_;    // [B,A] std * noise
  nn::AlignedFloats action_;          // [B,A]
  nn::AlignedFloats density_;         // [B,A] terms of log_prob
  nn::AlignedFloats log_prob_;        // [B]
  nn::AlignedFloats grad_mean_, grad_log_std_;
};

}  // namespace dyna::learner
