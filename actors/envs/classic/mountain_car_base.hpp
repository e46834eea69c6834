#pragma once

#include <span>
#include <string>

#include "actors/envs/classic/state_vector.hpp"

namespace dyna::envs {

/// The car in a valley of Moore 1990 as Gymnasium moves it. The state (position, velocity per
/// step) is the observation. An episode begins at rest, position uniform in [-0.6, -0.4).
class MountainCarBase : public StateVectorEnvironment<2> {
 public:
  void Reset(Rng& rng) final;
  void Observe(std::span<double> obs) const final;

 protected:
  explicit MountainCarBase(EnvSpec spec);
  /// The spec of either version, but for its action and limits.
  static EnvSpec BaseSpec(std::string name);
  /// One step of the dynamics with `push` added to the velocity.
  void Move(double push);
};

}  // namespace dyna::envs
