#pragma once

#include <cstdint>

#include "common/nn/aligned_floats.hpp"
#include "common/nn/torch/mlp.hpp"
#include "common/ports/replay_port.hpp"

namespace dyna::learner {

/// What one update of deep Q-learning reads.
struct DqnBatch {
  const SampleBatch* rows = nullptr;
  const nn::Mlp* online = nullptr;  ///< [.,O] to [.,N]
  const nn::Mlp* target = nullptr;
  float gamma = 0.0F;
  bool double_dqn = true;
  bool huber = false;
};

/// One thread's rows of a batch on their way through an update, and the gradient they give. It
/// reads the nets and writes only here, so shards run side by side. b rows of B, N actions.
class DqnShard {
 public:
  /// Rows [begin, end) of the batch: td = Q(s, a) - y with
  ///   y = r + gamma (1 - terminated) Q'(s', a'),
  /// a' the best of the target net Q' (Mnih et al. 2015), or for double_dqn of the online net
  /// (van Hasselt et al. 2016).
  void TdErrors(const DqnBatch& batch, std::int64_t begin, std::int64_t end);
  /// Gradient of  mean_b w_b l(td_b)  with l(x) = x^2, or for huber x^2 / 2 up to |x| = 1 and
  /// |x| - 1/2 beyond.
  void Gradient();

  const float* gradient() const noexcept { return gradient_.data(); }  ///< [P]
  const float* td() const noexcept { return td_.data(); }              ///< [b]
  std::int64_t rows() const noexcept { return rows_; }
  double loss() const noexcept { return loss_; }  ///< sum_b w l(td)
  double q() const noexcept { return q_; }        ///< sum_b Q(s, a)

 private:
  float NextValue(std::int64_t row) const;

  DqnBatch batch_ = {};
  std::int64_t begin_ = 0, rows_ = 0, actions_ = 0;
  nn::AlignedFloats input_;            // [2b,O]: obs, then next_obs
  nn::AlignedFloats td_;               // [b]
  nn::AlignedFloats output_gradient_;  // [b,N]
  nn::AlignedFloats gradient_;         // [P]
  nn::Mlp::Tape online_tape_, target_tape_;
  double loss_ = 0.0, q_ = 0.0;
};

}  // namespace dyna::learner
