#include "cli/train/run_options.hpp"

#include <algorithm>
#include <limits>
#include <thread>

namespace dyna::cli {

RunOptions RunOptions::From(Config& config) {
  constexpr std::int64_t kStepsMax = 1'000'000'000;
  RunOptions options;
  options.seed = static_cast<std::uint64_t>(
      config.GetInt("run.seed", 0, 0, std::numeric_limits<std::int64_t>::max()));
  options.steps = config.GetInt("run.steps", 10'000, 1, kStepsMax);
  options.eval_every = config.GetInt("run.eval_every", 1'000, 1, kStepsMax);
  options.eval_episodes = config.GetInt("run.eval_episodes", 5, 1, 10'000);
  options.eval_steps_max = config.GetInt("run.eval_steps_max", 10'000, 1, kStepsMax);
  options.checkpoint_every = config.GetInt("run.checkpoint_every", 5'000, 0, kStepsMax);
  options.train_every = config.GetInt("model.train_every", 250, 1, kStepsMax);
  // Resolved here and written into the effective config: reruns and resumes use the same number,
  // on which the last bits of a sum depend.
  const auto cores = static_cast<std::int64_t>(std::max(1U, std::thread::hardware_concurrency()));
  options.threads =
      static_cast<int>(config.GetInt("compute.threads", std::min<std::int64_t>(cores, 4), 1, 1024));
  return options;
}

}  // namespace dyna::cli
