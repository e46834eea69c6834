#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "common/config/config.hpp"
#include "common/core/env_spec.hpp"
#include "learner/algorithms/algorithm.hpp"
#include "learner/algorithms/divergence.hpp"

namespace dyna::learner {

/// Soft actor-critic (Haarnoja et al. 2018, arXiv:1812.05905) as MBPO runs it: twin critics, a
/// squashed Gaussian policy and a temperature tuned to a target entropy.
///
/// Actions of a batch are in environment units; critics and log-probabilities see them mapped to
/// [-1, 1] by the centre and half-width of the action box. Weights start Glorot uniform, biases 0.
/// Update():
///   1. sample a batch;  2. soft targets from the target critics;  3. one Adam step of the critics
///   and the Polyak step of their targets;  4. an Adam step of the policy, by the updated critics;
///   5. one of log alpha.
/// The rows of a batch are shared out to LibTorch's threads, so the last bits depend on how many
/// there are.
class SacAlgorithm final : public Algorithm {
 public:
  struct Options {
    double learning_rate = 3e-4;  ///< of policy, critics and log alpha
    double gamma = 0.99;          ///< discount per step
    double tau = 5e-3;            ///< Polyak step of the target critics, every update
    std::vector<std::int64_t> hidden = {256, 256};
    std::optional<double> alpha = {};   ///< fixed temperature; absent: tuned from alpha = 1
    double target_entropy = 0.0;        ///< nats, of the action in [-1, 1]^A
    double loss_max = kLossMaxDefault;  ///< of either loss; above it Update() throws
    /// Reads learner.*; the target entropy is -A unless given.
    static Options From(Config& config, const EnvSpec& spec);
  };

  /// ConfigError unless observations are a box and actions a bounded box.
  SacAlgorithm(const EnvSpec& spec, const Options& options, std::uint64_t seed);
  ~SacAlgorithm() override;

  /// DivergenceError when a loss is not finite or above loss_max; no weights hold its gradient.
  Status Update(BatchSource& source) override;
  nn::PolicyWeights ActWeights() const override;
  /// critic_loss (mean of both), actor_loss, alpha, entropy (nats, of a in [-1, 1]), q_mean.
  Losses LastLosses() const override;
  void Save(StateDict& state) const override;
  void Load(const StateDict& state) override;

 private:
  struct Impl;  // keeps torch out of this header
  std::unique_ptr<Impl> impl_;
};

}  // namespace dyna::learner
