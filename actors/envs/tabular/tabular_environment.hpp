#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "actors/envs/environment.hpp"
#include "actors/envs/tabular/tabular_world.hpp"

namespace dyna::envs {

/// An environment that is a table. State, and the one observation column, is the state's index.
/// The leaves of this family only write tables.
class TabularEnvironment final : public Environment {
 public:
  /// Another world takes over once the environment has made `step` steps in all, over every
  /// episode: step number `step` (from 0) is the first one in it.
  struct Change {
    TabularWorld world;
    std::int64_t step = 0;
  };
  struct Options {
    std::string name = {};
    std::int64_t max_episode_steps = 0;
    std::optional<double> reward_threshold = {};
  };

  /// Episodes begin uniformly in one of `starts`.
  TabularEnvironment(const Options& options, TabularWorld world, std::vector<std::int64_t> starts,
                     std::optional<Change> change = {});

  const EnvSpec& spec() const noexcept override { return spec_; }
  void Reset(Rng& rng) override;
  /// Draws from `rng` only where the outcome is not certain.
  StepResult Step(std::span<const double> action, Rng& rng) override;
  void Observe(std::span<double> obs) const override;
  /// Refuses a state no agent can be in. A cell that was free before the world changed is allowed:
  /// the wall may have closed around the agent, who can still walk out.
  void SetState(std::span<const double> state) override;
  /// [state, steps made in all]
  std::vector<double> Snapshot() const override;
  void Restore(std::span<const double> snapshot) override;

  /// The transition model in force now.
  const std::vector<Outcome>& Transitions(std::int64_t state, std::int64_t action) const;
  std::int64_t states() const noexcept { return world_.states(); }
  std::int64_t actions() const noexcept { return world_.actions(); }
  const std::vector<std::int64_t>& starts() const noexcept { return starts_; }

 private:
  bool changed() const noexcept { return change_ && steps_ >= change_->step; }
  const TabularWorld& current() const noexcept { return changed() ? change_->world : world_; }

  const EnvSpec spec_;
  const TabularWorld world_;
  const std::vector<std::int64_t> starts_;
  const std::optional<Change> change_;
  std::int64_t state_ = 0;
  std::int64_t steps_ = 0;  ///< ever made; Reset does not touch it
};

}  // namespace dyna::envs
