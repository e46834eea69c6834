#pragma once

#include <limits>
#include <span>
#include <string>
#include <vector>

#include "actors/envs/classic/state_vector.hpp"

namespace dyna::envs {

/// The cart and pole of Barto, Sutton & Anderson 1983 as Gymnasium integrates it. The state
/// (x [m], x_dot, theta [rad] from upright, theta_dot) is the observation. An episode begins with
/// all four uniform in [-0.05, 0.05).
///
/// Reward 1 up to and including the first terminating step, 0 on every later one until the
/// episode or the state is set anew.
class CartPoleBase : public StateVectorEnvironment<4> {
 public:
  void Reset(Rng& rng) final;
  StepResult Step(std::span<const double> action, Rng& rng) final;
  void Observe(std::span<double> obs) const final;
  void SetState(std::span<const double> state) final;
  std::vector<double> Snapshot() const final;
  void Restore(std::span<const double> snapshot) final;

 protected:
  explicit CartPoleBase(EnvSpec spec);
  /// The spec of either version, but for its action and limits.
  static EnvSpec BaseSpec(std::string name);

  static constexpr double kForceMax = 10.0;  ///< [N]

 private:
  /// The horizontal force of an action [N].
  virtual double Force(std::span<const double> action) const = 0;
  /// One explicit Euler step: positions move with the OLD velocities.
  void Integrate(double force);

  bool failed_ = false;  ///< a step of this episode has terminated
};

}  // namespace dyna::envs
