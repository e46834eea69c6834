#pragma once

#include <vector>

#include "common/core/matrix.hpp"
#include "common/core/rng.hpp"
#include "common/nn/packed_layer.hpp"
#include "common/nn/policy_weights.hpp"

namespace dyna::nn {

/// Acts from weights without LibTorch. Single-threaded; not for training.
class Policy {
 public:
  explicit Policy(PolicyWeights weights);

  /// Actions [N,A] in environment units for observations [N,O] (raw; an index column for a
  /// Q table). Deterministic: tanh of the mean, or the greedy action, ties to the lowest index.
  /// Otherwise: a sample of the squashed Gaussian, or uniform with probability `epsilon`, else
  /// greedy with ties broken at random.
  RowMatrix Act(const RowMatrix& obs, bool deterministic, double epsilon, Rng& rng) const;

  const PolicyWeights& weights() const noexcept { return weights_; }

 private:
  RowMatrix Forward(const RowMatrix& obs) const;
  RowMatrix ForwardBatch(const RowMatrix& obs) const;
  RowMatrix ActGaussian(const RowMatrix& obs, bool deterministic, Rng& rng) const;
  RowMatrix ActDiscrete(const RowMatrix& values, bool deterministic, double epsilon,
                        Rng& rng) const;

  PolicyWeights weights_;
  std::vector<PackedLayer> packed_;  ///< of a network, for batches
};

}  // namespace dyna::nn
