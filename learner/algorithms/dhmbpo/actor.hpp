#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "common/core/rng.hpp"
#include "common/nn/policy_weights.hpp"
#include "learner/algorithms/dhmbpo/parameters.hpp"

namespace dyna::learner::dhmbpo {

/// Added to the standard deviation softplus(raw).
inline constexpr double kActorStdMin = 1e-5;

/// Actions with their densities.
struct ActionDraw {
  at::Tensor action = {};    ///< [B,A] in [-1, 1]
  at::Tensor log_prob = {};  ///< [B] nats, density of the action
};

/// The policy: a SiLU perceptron to [mean, raw]; x = mean + (softplus(raw) + 1e-5) * noise and
/// a = tanh(x). Weights start orthogonal (Saxe et al. 2014), biases zero.
class Actor {
 public:
  Actor(std::int64_t obs, std::int64_t actions, const std::vector<std::int64_t>& hidden, Rng& init);

  /// Differentiable by the parameters and by obs.
  ///   log pi = sum_j -noise_j^2/2 - ln std_j - ln(2 pi)/2 - 2 (ln 2 - x_j - softplus(-2 x_j))
  /// from x itself, never from atanh(a).
  ///   obs    [B,O]  float32, normalised
  ///   noise  [B,A]  float32, standard normal
  ActionDraw Draw(const at::Tensor& obs, const at::Tensor& noise) const;

  Parameters& parameters() noexcept { return parameters_; }
  const Parameters& parameters() const noexcept { return parameters_; }
  /// The net's layers, for observations that are normalised already.
  std::vector<nn::DenseLayer> Layers() const;

 private:
  std::int64_t actions_;
  Parameters parameters_;  // weight [out,in] and bias [out] of each layer
};

/// Fills `weight` [out,in] with orthonormal rows, or columns where there are more rows.
void FillOrthogonal(at::Tensor& weight, Rng& rng);

/// The layers for raw observations: the first one with (obs - mean) / std in front of it.
std::vector<nn::DenseLayer> FoldNormalizer(std::vector<nn::DenseLayer> layers,
                                           const FloatVector& mean, const FloatVector& std);

}  // namespace dyna::learner::dhmbpo
