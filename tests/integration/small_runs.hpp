#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace dyna::testing_support {

/// Runs of every kind, cut down to seconds: nets, batches and step counts are small, the schedule
/// and the code paths are those of the real configs.
struct SmallRun {
  const char* name;
  const char* config;  ///< TOML
};

inline const std::vector<SmallRun>& SmallRuns() {
  static const std::vector<SmallRun> runs = {
      {"mbpo", R"([run]
seed = 3
steps = 260
epoch_steps = 40
eval_every = 50
eval_episodes = 2
checkpoint_every = 35
[env]
name = "Pendulum-v1"
max_episode_steps = 40
[actor]
random_steps = 60
[model]
members = 3
elites = 2
hidden = [16, 16]
train_every = 40
epochs_max = 4
[imagination]
rollout_schedule = [0, 4, 1, 3]
rollout_batch = 200
[learner]
algorithm = "sac"
updates_per_step = 2
batch_size = 32
hidden = [16, 16]
[compute]
threads = 1
)"},
      {"dhmbpo", R"([run]
seed = 6
steps = 260
eval_every = 50
eval_episodes = 2
checkpoint_every = 35
[env]
name = "Pendulum-v1"
max_episode_steps = 40
[actor]
random_steps = 60
[model]
members = 3
elites = 2
hidden = [16, 16]
train_every = 40
epochs_max = 4
[learner]
algorithm = "dhmbpo"
updates_per_step = 0.5
batch_size = 32
[dhmbpo]
horizon = 3
distribution_length = 5
actor_hidden = [16, 16]
critic_hidden = [16, 16]
critics = 3
[compute]
threads = 1
)"},
      {"dyna_dqn", R"([run]
seed = 4
steps = 300
epoch_steps = 50
eval_every = 60
eval_episodes = 2
checkpoint_every = 45
[env]
name = "CartPole-v1"
max_episode_steps = 50
[actor]
epsilon_start = 1.0
epsilon_end = 0.05
epsilon_steps = 200
[replay]
prioritized = true
[model]
kind = "deterministic_ensemble"
members = 2
elites = 2
hidden = [16]
train_every = 50
epochs_max = 3
termination = "learned"
[imagination]
rollout_schedule = [0, 1, 2, 2]
rollout_batch = 100
[learner]
algorithm = "dqn"
updates_per_step = 0.5
learning_starts = 50
batch_size = 16
real_fraction = 0.5
hidden = [16]
[compute]
threads = 1
)"},
      {"prioritized_sweeping", R"([run]
seed = 5
steps = 400
eval_every = 100
eval_episodes = 1
eval_steps_max = 100
checkpoint_every = 70
[env]
name = "ShortcutMaze"
change_step = 150
[actor]
epsilon_start = 0.1
[learner]
algorithm = "prioritized_sweeping"
planning_steps = 5
updates_per_step = 1
[compute]
threads = 1
)"},
  };
  return runs;
}

inline const SmallRun& SmallRunNamed(std::string_view name) {
  for (const SmallRun& run : SmallRuns()) {
    if (run.name == name) return run;
  }
  throw std::invalid_argument("no small run is named " + std::string(name));
}

}  // namespace dyna::testing_support
