#include "actors/envs/tabular/tabular_environment.hpp"

#include <cmath>
#include <sstream>
#include <utility>

#include "actors/envs/snapshot_count.hpp"
#include "common/core/check.hpp"
#include "common/core/error.hpp"

namespace dyna::envs {
namespace {

EnvSpec SpecOf(const TabularEnvironment::Options& options, const TabularWorld& world) {
  return {.name = options.name,
          .observation = Space::Discrete(world.states()),
          .action = Space::Discrete(world.actions()),
          .max_episode_steps = options.max_episode_steps,
          .reward_threshold = options.reward_threshold,
          .state_names = {"state"}};
}

void CheckComplete(const TabularWorld& world) {
  for (std::int64_t s = 0; s < world.states(); ++s) {
    for (std::int64_t a = 0; a < world.actions(); ++a) {
      double sum = 0.0;
      for (const Outcome& outcome : world.Outcomes(s, a)) sum += outcome.probability;
      DYNA_CHECK_MSG(std::abs(sum - 1.0) < 1e-12, "state " << s << ", action " << a);
    }
  }
}

}  // namespace

TabularEnvironment::TabularEnvironment(const Options& options, TabularWorld world,
                                       std::vector<std::int64_t> starts,
                                       std::optional<Change> change)
    : spec_(SpecOf(options, world)),
      world_(std::move(world)),
      starts_(std::move(starts)),
      change_(std::move(change)) {
  DYNA_CHECK(!starts_.empty());
  CheckComplete(world_);
  if (change_) {
    DYNA_CHECK(change_->world.states() == states() && change_->world.actions() == actions());
    CheckComplete(change_->world);
  }
  state_ = starts_.front();
}

void TabularEnvironment::Reset(Rng& rng) {
  state_ = starts_[starts_.size() == 1 ? 0 : rng.Below(starts_.size())];
}

StepResult TabularEnvironment::Step(std::span<const double> action, Rng& rng) {
  const auto& outcomes = Transitions(state_, static_cast<std::int64_t>(action[0]));
  std::size_t chosen = 0;
  if (outcomes.size() > 1) {
    double left = rng.Uniform();
    while (chosen + 1 < outcomes.size() && left >= outcomes[chosen].probability) {
      left -= outcomes[chosen++].probability;
    }
  }
  const Outcome& outcome = outcomes[chosen];
  state_ = outcome.next_state;
  ++steps_;
  return {.reward = outcome.reward, .terminated = outcome.terminated};
}

void TabularEnvironment::Observe(std::span<double> obs) const {
  obs[0] = static_cast<double>(state_);
}

void TabularEnvironment::SetState(std::span<const double> state) {
  const bool is_state = spec_.observation.Contains(state);
  const auto index = is_state ? static_cast<std::int64_t>(state[0]) : 0;
  const bool free =
      is_state && (!current().Forbidden(index) || (changed() && !world_.Forbidden(index)));
  if (!free) {
    std::ostringstream message;
    message << "state of " << spec_.name << ": " << state[0];
    if (is_state) {
      message << " is a wall";
    } else {
      message << " is not an integer in [0, " << states() - 1 << "]";
    }
    throw EnvironmentError(message.str());
  }
  state_ = index;
}

std::vector<double> TabularEnvironment::Snapshot() const {
  return {static_cast<double>(state_), static_cast<double>(steps_)};
}

void TabularEnvironment::Restore(std::span<const double> snapshot) {
  const bool fits = snapshot.size() == 2 && spec_.observation.Contains(snapshot.first(1));
  if (!fits) throw CheckpointError("snapshot of " + spec_.name + " is not [state, steps]");
  state_ = static_cast<std::int64_t>(snapshot[0]);
  steps_ = CountFromSnapshot(snapshot[1], spec_.name);
}

const std::vector<Outcome>& TabularEnvironment::Transitions(std::int64_t state,
                                                            std::int64_t action) const {
  return current().Outcomes(state, action);
}

}  // namespace dyna::envs
