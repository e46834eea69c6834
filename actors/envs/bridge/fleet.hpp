#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "actors/envs/bridge/link.hpp"
#include "actors/envs/environment.hpp"

namespace dyna::envs::bridge {

/// The Python environments of one bridge, which are stepped together in one message. Knows of each
/// the seed and the actions of its episode, which is all that a Gymnasium environment's state
/// depends on: so can it be brought back after a checkpoint, and after its process died.
class Fleet {
 public:
  struct Options {
    Link::Options link = {};
    MakeRequest make = {};
    std::int64_t restarts_max = 0;  ///< failures after which a new process takes over
  };

  /// Makes them. EnvironmentError.
  explicit Fleet(Options options);

  const EnvSpec& spec() const noexcept { return spec_; }
  void Reset(std::uint32_t i, std::uint64_t seed);
  /// Remembers the action [A] until somebody of the fleet steps.
  void Announce(std::uint32_t i, std::span<const double> action);
  /// The result for `i`; all that are announced step with it.
  StepResult Step(std::uint32_t i, std::span<const double> action);
  /// [O] after the last Reset, Step or Restore; zeros before.
  std::span<const double> observation(std::uint32_t i) const { return slots_[i].obs; }
  std::vector<double> Snapshot(std::uint32_t i) const;
  /// The environment itself follows when it is next needed: a Reset may come first.
  void Restore(std::uint32_t i, std::span<const double> snapshot);
  /// Whether they were made to be drawn (env.render).
  bool draws() const noexcept { return options_.make.render; }
  Image Render(std::uint32_t i);
  std::string Info(std::uint32_t i);

 private:
  struct Slot {
    std::vector<double> obs = {};        ///< [O]
    bool begun = false;                  ///< has been reset
    std::uint64_t seed = 0;              ///< of the episode
    std::int64_t steps = 0;              ///< of the episode
    std::vector<double> actions = {};    ///< [steps,A]; empty if they became too many
    bool stale = false;                  ///< the Python environment is not where this slot is
    std::vector<double> announced = {};  ///< [A], or empty
    std::vector<double> next_obs = {};   ///< [O] of a step made and not yet taken, or empty
    StepResult result = {};              ///< likewise
    bool known_actions(std::size_t columns) const {
      return actions.size() == static_cast<std::size_t>(steps) * columns;
    }
  };

  void Begin();
  /// Runs `attempt` again in a new process as often as restarts_max allows.
  template <class Attempt>
  auto WithRestarts(Attempt attempt);
  void StepAnnounced();
  /// Before anything is kept of it, so that a new process may try again.
  void RequireFinite(const Stepped& all, std::span<const std::uint32_t> who) const;
  void BringBack(std::uint32_t i);
  std::size_t columns() const { return static_cast<std::size_t>(spec_.action.columns()); }
  std::string Whose(std::uint32_t i, const std::string& doing) const;

  Options options_;
  std::unique_ptr<Link> link_;
  EnvSpec spec_;
  std::vector<Slot> slots_;
  std::int64_t restarts_ = 0;
};

}  // namespace dyna::envs::bridge
