#include "actors/envs/classic/pendulum.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "actors/envs/classic/state_vector.hpp"
#include "common/rules/pendulum.hpp"

namespace dyna::envs {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kGravity = 10.0;
constexpr double kMass_kg = 1.0;
constexpr double kLength_m = 1.0;
constexpr double kStep_s = 0.05;
constexpr double kSpeedMax = 8.0;

class Pendulum final : public StateVectorEnvironment<2> {
 public:
  Pendulum()
      : StateVectorEnvironment(
            {.name = "Pendulum-v1",
             .observation = Space::Box({-1.0, -1.0, -kSpeedMax}, {1.0, 1.0, kSpeedMax}),
             .action = Space::Box({-rules::kPendulumTorqueMax}, {rules::kPendulumTorqueMax}),
             .max_episode_steps = 200,
             .state_names = {"theta", "theta_dot"}},
            {-kInfinity, -kSpeedMax}, {kInfinity, kSpeedMax}) {}

  void Reset(Rng& rng) override {
    state_[0] = rng.Uniform(-std::numbers::pi, std::numbers::pi);
    state_[1] = rng.Uniform(-1.0, 1.0);
  }

  StepResult Step(std::span<const double> action, Rng& /*rng*/) override {
    auto& [theta, theta_dot] = state_;
    const double u = std::clamp(action[0], -rules::kPendulumTorqueMax, rules::kPendulumTorqueMax);
    const double reward = rules::PendulumReward(theta, theta_dot, u);  // of the state before
    const double acceleration = 3.0 * kGravity / (2.0 * kLength_m) * std::sin(theta) +
                                3.0 / (kMass_kg * kLength_m * kLength_m) * u;
    theta_dot = std::clamp(theta_dot + acceleration * kStep_s, -kSpeedMax, kSpeedMax);
    theta += theta_dot * kStep_s;  // semi-implicit Euler: the new velocity
    return {.reward = reward};
  }

  void Observe(std::span<double> obs) const override {
    obs[0] = std::cos(state_[0]);
    obs[1] = std::sin(state_[0]);
    obs[2] = state_[1];
  }
};

}  // namespace

std::unique_ptr<Environment> MakePendulum(Config& /*config*/) {
  return std::make_unique<Pendulum>();
}

}  // namespace dyna::envs
