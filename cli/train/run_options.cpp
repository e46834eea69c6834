#include "cli/train/run_options.hpp"

#include <limits>

namespace dyna::cli {

RunOptions RunOptions::From(Config& config) {
  constexpr std::int64_t kStepsMax = 1'000'000'000;
  if (config.Has("env.step_period_ms")) {
    throw config.Wrong("env.step_period_ms",
                       "nothing here: one process cannot keep time while it learns; use `dyna "
                       "launch`");
  }
  RunOptions options;
  options.seed = static_cast<std::uint64_t>(
      config.GetInt("run.seed", 0, 0, std::numeric_limits<std::int64_t>::max()));
  options.steps = config.GetInt("run.steps", 10'000, 1, kStepsMax);
  options.eval_every = config.GetInt("run.eval_every", 1'000, 1, kStepsMax);
  options.eval_episodes = config.GetInt("run.eval_episodes", 5, 1, 10'000);
  options.eval_steps_max = config.GetInt("run.eval_steps_max", 10'000, 1, kStepsMax);
  options.checkpoint_every = config.GetInt("run.checkpoint_every", 5'000, 0, kStepsMax);
  options.train_every = config.GetInt("model.train_every", 250, 1, kStepsMax);
  options.compute = nn::ComputeOptions::From(config);
  if (config.Has("data.offline")) {
    options.offline = config.GetStrings("data.offline", {}, 1, 10'000);
    // The rows stay the same: once fitted to them, a model gains nothing from being fitted again.
    options.model_trainings_max = config.GetInt("data.model_trainings", 1, 1, kStepsMax);
  }
  return options;
}

}  // namespace dyna::cli
