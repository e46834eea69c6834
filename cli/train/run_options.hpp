#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/config/config.hpp"
#include "common/nn/torch/compute.hpp"

namespace dyna::cli {

/// The `run.*` and `compute.*` keys: what the trainer itself needs to know.
struct RunOptions {
  std::uint64_t seed = 0;
  std::int64_t steps = 0;       ///< real environment steps, random ones included
  std::int64_t eval_every = 0;  ///< real steps between evaluations
  std::int64_t eval_episodes = 0;
  std::int64_t eval_steps_max = 0;    ///< per episode, for environments without a time limit
  std::int64_t checkpoint_every = 0;  ///< real steps between checkpoints; 0 = only at the end
  std::int64_t train_every = 0;       ///< real steps between two trainings of the model
  nn::ComputeOptions compute = {};
  bool imagination = false;  ///< whether the rollout length is ever above 0

  /// Files of transitions that the run learns from instead of stepping an environment; `steps` and
  /// what else counts real steps then counts steps of training.
  std::vector<std::string> offline = {};
  std::int64_t model_trainings_max = 0;  ///< offline only

  static RunOptions From(Config& config);
};

}  // namespace dyna::cli
