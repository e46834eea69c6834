#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "learner/algorithms/algorithm.hpp"
#include "tests/learner/tabular/worlds.hpp"

namespace dyna::learner::tabular {

/// A learner as the config text of its [learner] table makes it.
std::unique_ptr<Algorithm> MakeLearner(const std::string& learner_toml, const World& world,
                                       std::uint64_t seed);

/// Its table [S,A], as a checkpoint has it.
std::vector<double> TableOf(const Algorithm& learner);
/// Entry of LastLosses(); aborts if it is not there.
double LossOf(const Algorithm& learner, const std::string& name);

/// Acts epsilon-greedily in a world, one update per step: what the trainer does, in miniature.
class Experiment {
 public:
  Experiment(Algorithm& learner, double epsilon, std::uint64_t seed)
      : learner_(learner), epsilon_(epsilon), rng_(seed, "experiment") {}

  /// One real step and one update. True iff the episode ended.
  bool Step(const World& world);
  /// Steps of one whole episode, at most `steps_max`.
  std::int64_t Episode(const World& world, std::int64_t steps_max);
  double reward_sum() const { return reward_sum_; }

 private:
  Algorithm& learner_;
  double epsilon_;
  Rng rng_;
  std::int64_t state_ = -1;  // -1: the next step starts an episode
  double reward_sum_ = 0.0;
};

}  // namespace dyna::learner::tabular
