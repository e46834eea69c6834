#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/core/env_spec.hpp"
#include "common/core/rng.hpp"

namespace dyna::envs {

/// The longest time limit that env.max_episode_steps may set.
inline constexpr std::int64_t kEpisodeStepsMax = 1'000'000'000;

struct StepResult {
  double reward = 0.0;
  bool terminated = false;  ///< the MDP ended: no future after this state
  bool truncated = false;   ///< a time limit was hit: the future exists, unseen
};

/// A picture of an environment: 8-bit RGB, rows from the top.
struct Image {
  std::int64_t height = 0;
  std::int64_t width = 0;
  std::vector<std::uint8_t> rgb = {};  ///< [height, width, 3]
};

/// One real environment. Single-threaded; keeps no random numbers of its own, so a
/// caller that owns the stream owns the whole experiment. All arithmetic in double.
class Environment {
 public:
  virtual ~Environment() = default;

  virtual const EnvSpec& spec() const noexcept = 0;
  /// Starts an episode at a state drawn from `rng`.
  virtual void Reset(Rng& rng) = 0;
  /// Says ahead what the next Step will be given, so that environments that live in one other
  /// process make that step together, in one message. Optional: a Step needs no announcement, but
  /// one that was announced must follow, or a Reset.
  virtual void Announce(std::span<const double> /*action*/) {}
  /// Applies one action ([A], environment units; an index if discrete). A box action outside
  /// its bounds is treated as the environment defines (usually clipped); an action of the wrong
  /// size, not finite or not a valid index throws EnvironmentError. Stepping on after
  /// termination is allowed and follows the dynamics.
  virtual StepResult Step(std::span<const double> action, Rng& rng) = 0;
  /// Writes the current observation [O], before any cast to float32.
  virtual void Observe(std::span<double> obs) const = 0;
  /// Sets the physical state exactly (spec().state_names). Wrong size or an impossible state
  /// throws EnvironmentError. Counters that are not physical are left alone.
  virtual void SetState(std::span<const double> state) = 0;
  /// Everything Step and Observe depend on, counters included, the physical state
  /// (spec().state_names) first; Restore(Snapshot()) continues bit for bit.
  virtual std::vector<double> Snapshot() const = 0;
  virtual void Restore(std::span<const double> snapshot) = 0;
  /// A picture of the current state; none if the environment cannot draw.
  virtual std::optional<Image> Render() { return std::nullopt; }
  /// What else the environment said about its last step, as a JSON object.
  virtual std::string Info() { return "{}"; }
};

}  // namespace dyna::envs
