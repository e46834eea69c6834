#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "actors/action_source.hpp"
#include "actors/envs/environment.hpp"
#include "common/config/config.hpp"
#include "common/core/state_dict.hpp"
#include "common/nn/policy.hpp"
#include "common/ports/replay_port.hpp"
#include "common/ports/weights_port.hpp"

namespace dyna::actors {

/// An episode that ended during a step.
struct Episode {
  std::uint64_t index = 0;     ///< of this actor, from 0
  std::int64_t env_steps = 0;  ///< of this actor when it ended
  std::int64_t steps = 0;
  double episode_return = 0.0;
  bool terminated = false;
};

/// Steps real environments with the newest policy and appends what happened to replay.
/// Single-threaded; knows no sockets and no LibTorch.
class ActorLoop {
 public:
  struct Options {
    std::int64_t environments = 1;  ///< how many the actor is to be given; all act in one call
    std::int64_t random_steps = 0;  ///< first steps with uniform actions
    std::int64_t random_hold = 1;   ///< steps each of them is held: persistent exploration
    double epsilon_start = 0.1;     ///< epsilon-greedy, discrete policies only
    double epsilon_end = 0.1;
    std::int64_t epsilon_steps = 1;  ///< real steps over which epsilon falls linearly
    std::uint32_t producer = 0;      ///< id of this actor
    std::uint64_t seed = 0;
    static Options From(Config& config);
  };

  /// `environments`: at least one, all of one spec; every Step() steps each of them once.
  ActorLoop(const Options& options, std::vector<std::unique_ptr<envs::Environment>> environments,
            ReplayPort& replay, WeightsPort& weights);

  /// One real step of every environment:
  ///   1. hand over rows that replay refused last time (kBackpressure: nothing is stepped)
  ///   2. fetch a newer policy
  ///   3. choose actions: uniform for the first random_steps, then the exploring policy
  ///   4. step the environments
  ///   5. append the rows
  ///   6. begin new episodes where one ended
  /// EnvironmentError when an environment breaks its contract.
  Status Step();

  /// Real steps of the whole run, of which this actor's are a part: random steps and the decay of
  /// epsilon count those.
  void SetRunSteps(std::int64_t steps) noexcept { run_steps_ = steps; }

  /// Episodes that ended since the last call.
  std::vector<Episode> TakeEpisodes();
  std::int64_t env_steps() const noexcept { return env_steps_; }
  double epsilon() const noexcept;
  std::uint64_t policy_version() const noexcept { return policy_version_; }
  const envs::Environment& environment(std::size_t i) const { return *slots_[i].environment; }

  void Save(StateDict& state) const;
  void Load(const StateDict& state);

 private:
  struct Slot {
    std::unique_ptr<envs::Environment> environment;
    std::uint64_t episode = 0;
    std::int64_t episode_steps = 0;
    double episode_return = 0.0;
    bool failed = false;  ///< its last Step threw
  };

  void FetchPolicy();
  bool acts_at_random() const noexcept;
  std::int64_t run_steps() const noexcept;
  RowMatrix ChooseActions();
  RowMatrix ChooseRandomActions();
  /// One result for each environment, and its observation in `next_obs` [N,O].
  std::vector<envs::StepResult> StepAll(const RowMatrix& actions, RowMatrix& next_obs);
  TransitionBatch StepEnvironments(const RowMatrix& actions);
  void BeginEpisode(std::size_t slot);

  Options options_;
  EnvSpec spec_;
  ReplayPort& replay_;
  WeightsPort& weights_;
  std::vector<Slot> slots_;
  Rng env_rng_;
  Rng action_rng_;
  RowMatrix obs_;   ///< [N,O] current observations
  RowMatrix held_;  ///< [N,A] last uniform actions
  std::optional<nn::Policy> policy_;
  std::uint64_t policy_version_ = 0;
  std::optional<TransitionBatch> unsent_;
  std::int64_t env_steps_ = 0;
  std::int64_t run_steps_ = 0;  ///< last heard; its own when it is the only actor
  std::uint64_t episodes_ = 0;
  std::vector<Episode> ended_;
  std::vector<double> scratch_;
};

}  // namespace dyna::actors
