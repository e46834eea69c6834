#include "cli/train/replay_limits.hpp"

#include <algorithm>

#include "common/ports/replay_port.hpp"
#include "replay/replay_options.hpp"

namespace dyna::cli {

replay::ReplayShard::Options MakeReplayOptions(Config& config, const EnvSpec& spec,
                                               const learner::Learner::Options& learner,
                                               const imagination::Imaginer::Options* imagination) {
  auto options = replay::ReplayOptions::From(config, spec.transition_shape()).shard();

  auto& real = options.tables.at(kRealTable);
  const auto batch_real = static_cast<double>(learner.mixer.real_rows());
  if (learner.learning_starts > real.capacity) {
    throw config.Wrong("learner.learning_starts",
                       "at most replay.real_capacity = " + std::to_string(real.capacity));
  }
  real.limiter.min_size_to_sample = std::max<std::int64_t>(1, learner.learning_starts);
  real.limiter.samples_per_insert = learner.updates_per_step * batch_real;
  real.limiter.samples_slack = std::max(1.0, learner.updates_per_step) * batch_real;
  if (learner.first_steps_count) {
    real.limiter.samples_slack +=
        real.limiter.samples_per_insert * static_cast<double>(learner.learning_starts);
  }

  if (imagination == nullptr) {
    options.tables.erase(kSyntheticTable);
    return options;
  }
  auto& synthetic = options.tables.at(kSyntheticTable);
  const double round =
      static_cast<double>(imagination->rollout_batch) *
      static_cast<double>(std::max(imagination->schedule.k0, imagination->schedule.k1));
  synthetic.limiter.driver = kRealTable;
  synthetic.limiter.driver_rows_skipped = learner.learning_starts;
  synthetic.limiter.rows_per_driver_row = round / static_cast<double>(imagination->train_every);
  synthetic.limiter.driver_slack = round;
  return options;
}

void LiftLimits(replay::ReplayShard::Options& options) {
  for (auto& [name, table] : options.tables) table.limiter = {};
}

}  // namespace dyna::cli
