#pragma once

#include <cstdint>

#include "common/config/config.hpp"
#include "common/core/env_spec.hpp"
#include "common/rules/rules.hpp"
#include "model_server/dynamics/model_options.hpp"
#include "model_server/imagination/rollout_length.hpp"

namespace dyna::imagination {

/// Where an imagined rollout starts.
enum class StartSource : std::uint8_t {
  kBuffer,   ///< any real row, uniformly
  kRecent,   ///< one of the newest `recent_rows` real rows
  kInitial,  ///< the first observation of a real episode
};

/// Who chooses the actions.
enum class ActionSource : std::uint8_t {
  kPolicy,
  kBuffer,  ///< the stored action of the start row first, the policy after it
  kRandom,  ///< uniform over the action space
};

/// Which member predicts a row's next step.
enum class Propagation : std::uint8_t {
  kRandomElite,  ///< drawn per row and step
  kMean,         ///< the mean over the elites (CS285)
};

/// "imagination.*" and what else the rollouts depend on.
struct ImaginationOptions {
  dynamics::ModelOptions model = {};
  rules::Rules rules = {};
  RolloutSchedule schedule = {};
  StartSource start_source = StartSource::kBuffer;
  ActionSource action_source = ActionSource::kPolicy;
  Propagation propagation = Propagation::kRandomElite;
  bool deterministic_model = false;     ///< the mean instead of a Gaussian sample
  double epsilon = 0.1;                 ///< exploration of a Q network in imagination
  std::int64_t rollout_batch = 100000;  ///< start states per Step()
  std::int64_t chunk_rows = 20000;      ///< rolled together; bounds memory
  std::int64_t retain_epochs = 1;
  std::int64_t recent_rows = 1000;        ///< StartSource::kRecent
  std::int64_t initial_rows_max = 10000;  ///< StartSource::kInitial: newest ones kept
  std::int64_t stale_versions = 0;        ///< evict rows older than this many models; 0 = never
  double prediction_max = 1e6;            ///< |next_obs| or |reward| above this is absurd
  std::int64_t train_every = 250;         ///< real steps between model trainings
  std::int64_t epoch_steps = 1000;
  std::int64_t random_steps = 0;
  std::uint32_t worker_id = 0;
  std::uint64_t seed = 0;

  /// Reads "imagination.*", "model.*", "model.train_every", "run.seed", "run.epoch_steps" and
  /// "actor.random_steps". ConfigError when random actions are asked of an unbounded box.
  static ImaginationOptions From(Config& config, const EnvSpec& spec, std::uint32_t worker_id = 0);
};

}  // namespace dyna::imagination
