#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "common/config/config.hpp"
#include "common/core/env_spec.hpp"
#include "learner/algorithms/divergence.hpp"

namespace dyna::learner::dhmbpo {

/// "dhmbpo.*" and what else the algorithm depends on. The defaults are the published ones (Kubo et
/// al., TMLR 2025).
struct Options {
  std::int64_t horizon = 5;                   ///< H: differentiable steps; 0 = model-free
  std::int64_t actor_horizon = 5;             ///< steps of them that the actor's loss sees, <= H
  bool critic = true;                         ///< false: the actor's loss ends at the horizon
  std::int64_t distribution_length = 20;      ///< D; 0 = the states are real ones
  std::int64_t refresh_every = 20;            ///< updates between two distribution rollouts
  std::int64_t distribution_calls_kept = 10;  ///< rollouts whose states the buffer holds

  std::vector<std::int64_t> actor_hidden = {256, 256, 256};
  std::vector<std::int64_t> critic_hidden = {256, 256, 256};
  std::int64_t critics = 5;
  std::int64_t target_critics = 2;  ///< drawn for the minimum of a target
  double critic_dropout = 1e-3;     ///< chance of each hidden pre-activation to be dropped
  double quantile_low = 0.01;       ///< of the soft rewards that bound Q
  double quantile_high = 0.99;
  double critic_warmup_share = 0.25;  ///< critic-only updates of a block, of its real steps
  bool reset_optimizers = true;       ///< new moments at every block

  double learning_rate = 3e-4;  ///< of actor, critics, log alpha, and of the bounds
  double tau = 5e-3;            ///< Polyak step of the target critics
  double gamma = 0.995;
  double alpha = 0.1;  ///< initial temperature
  double target_entropy = -1.0;
  std::int64_t batch_rows = 256;    ///< B
  std::int64_t block_steps = 1000;  ///< K: real steps between two blocks of updates
  double loss_max = kLossMaxDefault;

  bool uses_model() const noexcept { return horizon > 0; }
  /// Reads "dhmbpo.*", "learner.batch_size", "learner.loss_max" and "model.train_every".
  /// ConfigError for values out of range or that clash.
  static Options From(Config& config, const EnvSpec& spec);
};

/// "dhmbpo.horizon"; 0: no model.
std::int64_t ReadHorizon(Config& config);

}  // namespace dyna::learner::dhmbpo
