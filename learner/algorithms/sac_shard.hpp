#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "common/nn/aligned_floats.hpp"
#include "common/nn/torch/mlp.hpp"
#include "common/ports/replay_port.hpp"
#include "learner/algorithms/squashed_gaussian.hpp"

namespace dyna::learner {

/// The nets of soft actor-critic; C critics are the members of one net.
struct SacNets {
  const nn::Mlp& policy;   ///< [.,O] to [.,2A]
  const nn::Mlp& critics;  ///< [.,O+A] to [C,.,1]
  const nn::Mlp& targets;
};

/// What one update knows beside its nets. [A] arrays map actions of the environment to [-1, 1].
struct SacBatch {
  const SampleBatch* rows = nullptr;
  const float* noise = nullptr;  ///< [2B,A] standard normals: for next_obs, then for obs
  std::span<const float> center = {};
  std::span<const float> scale = {};
  float gamma = 0.0F;
  float alpha = 0.0F;
};

/// Sums over a shard's rows, in double precision: their order is all that threads change.
struct SacSums {
  double critic_loss = 0.0;  ///< sum_b,c  w 1/2 (Q - y)^2
  double q = 0.0;            ///< sum_b,c  Q
  double actor_loss = 0.0;   ///< sum_b  alpha log pi - min_c Q
  double log_prob = 0.0;     ///< sum_b  log pi
};

/// One thread's rows of a batch on their way through an update, and the gradients they give.
/// Every step reads the nets and writes only here, so shards run side by side. b rows of B.
class SacShard {
 public:
  /// 1. Rows [begin, end) of the batch, and TD errors  Q - y  of the critics, where
  ///      y = r + gamma (1 - terminated) (min_c Q'_c(s', a') - alpha log pi(a'|s')),
  ///    a' drawn by the policy; also draws the action that step 3 judges.
  void TdErrors(const SacNets& nets, const SacBatch& batch, std::int64_t begin, std::int64_t end);
  /// 2. Gradient of  sum_c mean_b w_b 1/2 td_cb^2  by the critics' parameters.
  void CriticGradient(const SacNets& nets);
  /// 3. Gradient of  mean_b (alpha log pi_b - min_c Q_cb)  by the policy's parameters, by the
  ///    critics as they are now.
  void PolicyGradient(const SacNets& nets);

  /// [P] each, of this shard's part of the means over B.
  const float* critic_gradient() const noexcept { return critic_gradient_.data(); }
  const float* policy_gradient() const noexcept { return policy_gradient_.data(); }
  const SacSums& sums() const noexcept { return sums_; }
  /// [C,b] Q - y.
  const float* td() const noexcept { return td_.data(); }
  std::int64_t rows() const noexcept { return rows_; }

 private:
  void FillInputs();
  void DrawActions(const SacNets& nets);

  SacBatch batch_ = {};
  std::int64_t begin_ = 0;
  std::int64_t rows_ = 0;                             // b
  std::int64_t obs_ = 0, actions_ = 0, critics_ = 0;  // O, A, C
  SquashedGaussian draw_;                             // [2b] rows: for obs, then for next_obs
  nn::AlignedFloats policy_input_;                    // [2b,O]: obs, then next_obs
  nn::AlignedFloats critic_input_;                    // [b,O+A] with the action of the batch
  nn::AlignedFloats next_input_;                      // [b,O+A]
  nn::AlignedFloats drawn_input_;                     // [b,O+A]
  nn::AlignedFloats noise_;                           // [2b,A]
  nn::AlignedFloats td_;                              // [C,b]
  nn::AlignedFloats td_gradient_;                     // [C,b]
  nn::AlignedFloats action_gradient_;                 // [b,A]
  nn::AlignedFloats output_gradient_;                 // [b,2A]
  nn::AlignedFloats critic_gradient_;
  nn::AlignedFloats policy_gradient_;
  std::vector<std::int32_t> least_ = {};  // [b] the critic of the least Q
  nn::Mlp::Tape policy_tape_, critic_tape_, target_tape_;
  SacSums sums_ = {};
};

}  // namespace dyna::learner
