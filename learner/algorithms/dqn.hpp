#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "common/config/config.hpp"
#include "common/core/env_spec.hpp"
#include "learner/algorithms/algorithm.hpp"
#include "learner/algorithms/divergence.hpp"

namespace dyna::learner {

/// Deep Q-learning (Mnih et al. 2015), with Double DQN (van Hasselt et al. 2016) and the
/// importance weights and |TD| priorities of prioritized replay (Schaul et al. 2016).
/// Update(): 1. sample a batch;  2. TD targets;  3. one Adam step;  4. hand back priorities;
/// 5. every `target_update_interval` updates move the target net by `tau`.
class DqnAlgorithm final : public Algorithm {
 public:
  struct Options {
    double learning_rate = 2.5e-4;
    double gamma = 0.99;
    std::vector<std::int64_t> hidden = {120, 84};
    std::int64_t target_update_interval = 50;  ///< updates
    double tau = 1.0;                          ///< target += tau * (online - target); 1 copies
    bool double_dqn = true;  ///< the online net picks the next action, the target net rates it
    bool huber = false;      ///< else squared error; Huber is quadratic up to |TD| = 1
    double loss_max = kLossMaxDefault;  ///< above it Update() throws
    /// Reads learner.*.
    static Options From(Config& config);
  };

  /// ConfigError unless observations are a box and actions discrete.
  DqnAlgorithm(const EnvSpec& spec, const Options& options, std::uint64_t seed);
  ~DqnAlgorithm() override;

  /// DivergenceError when the loss is not finite or above loss_max; no weights hold its gradient.
  Status Update(BatchSource& source) override;
  nn::PolicyWeights ActWeights() const override;
  /// critic_loss (weighted mean over the batch), q_mean (of the actions taken).
  Losses LastLosses() const override;
  void Save(StateDict& state) const override;
  void Load(const StateDict& state) override;

 private:
  struct Impl;  // keeps torch out of this header
  std::unique_ptr<Impl> impl_;
};

}  // namespace dyna::learner
