#include "learner/service/pacing_options.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace dyna::learner {
namespace {

constexpr std::int64_t kStepsMax = 1'000'000'000;

/// The longest rollout of the schedule.
std::int64_t RolloutLengthMax(Config& config) {
  const auto schedule =
      config.GetInts("imagination.rollout_schedule", {0, 1, 1, 1}, 4, 4, 0, 1'000'000);
  return std::max(schedule[2], schedule[3]);
}

}  // namespace

bool Imagines(Config& config) { return RolloutLengthMax(config) > 0; }

Pacer::Options PacingOptions(Config& config, const Learner::Options& learner) {
  Pacer::Options derived;
  derived.updates_per_step = learner.updates_per_step;
  derived.learning_starts = learner.learning_starts;
  derived.real_rows_max = config.GetInt("run.steps", 10'000, 1, kStepsMax);
  derived.real_append_rows_max = config.GetInt("actor.environments", 1, 1, 4096);
  const auto between = static_cast<std::int64_t>(std::ceil(1.0 / learner.updates_per_step));
  // Enough that actors, one network turn away, are not what the learner waits for.
  derived.real_slack = 16 * derived.real_append_rows_max + between;
  if (Imagines(config)) {
    const std::int64_t train_every = config.GetInt("model.train_every", 250, 1, kStepsMax);
    const std::int64_t starts =
        config.GetInt("imagination.rollout_batch", 100'000, 1, 1'000'000'000);
    const std::int64_t chunk = config.GetInt("imagination.chunk_rows", 20'000, 1, 10'000'000);
    const std::int64_t round = starts * RolloutLengthMax(config);
    derived.synthetic_per_real = static_cast<double>(round) / static_cast<double>(train_every);
    derived.synthetic_skipped = learner.learning_starts;
    derived.synthetic_slack = round;
    derived.synthetic_append_rows_max = std::min(chunk, starts);
  }
  return Pacer::Options::From(config, derived);
}

}  // namespace dyna::learner
