#include "actors/envs/classic/acrobot.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "actors/envs/classic/state_vector.hpp"
#include "common/rules/acrobot.hpp"

namespace dyna::envs {
namespace {

using std::numbers::pi;
using State = std::array<double, 4>;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kGravity = 9.8;
constexpr double kMass1_kg = 1.0;
constexpr double kMass2_kg = 1.0;
constexpr double kLength1_m = 1.0;
constexpr double kCentre1_m = 0.5;  // of mass, from the link's upper end
constexpr double kCentre2_m = 0.5;
constexpr double kInertia1 = 1.0;
constexpr double kInertia2 = 1.0;
constexpr double kStep_s = 0.2;
constexpr double kSpeed1Max = 4.0 * pi;
constexpr double kSpeed2Max = 9.0 * pi;

/// d state / dt under `torque` on the elbow (Sutton & Barto, "Acrobot", with the term in
/// theta1_dot^2 of the book's equation for the elbow).
State Derivative(const State& state, double torque) {
  const auto [theta1, theta2, dtheta1, dtheta2] = state;
  const double sin2 = std::sin(theta2);
  const double cos2 = std::cos(theta2);
  const double d1 = kMass1_kg * kCentre1_m * kCentre1_m +
                    kMass2_kg * (kLength1_m * kLength1_m + kCentre2_m * kCentre2_m +
                                 2.0 * kLength1_m * kCentre2_m * cos2) +
                    kInertia1 + kInertia2;
  const double d2 =
      kMass2_kg * (kCentre2_m * kCentre2_m + kLength1_m * kCentre2_m * cos2) + kInertia2;
  const double phi2 = kMass2_kg * kCentre2_m * kGravity * std::cos(theta1 + theta2 - pi / 2.0);
  const double phi1 =
      -kMass2_kg * kLength1_m * kCentre2_m * (dtheta2 * dtheta2) * sin2 -
      2.0 * kMass2_kg * kLength1_m * kCentre2_m * dtheta2 * dtheta1 * sin2 +
      (kMass1_kg * kCentre1_m + kMass2_kg * kLength1_m) * kGravity * std::cos(theta1 - pi / 2.0) +
      phi2;
  const double ddtheta2 =
      (torque + d2 / d1 * phi1 - kMass2_kg * kLength1_m * kCentre2_m * (dtheta1 * dtheta1) * sin2 -
       phi2) /
      (kMass2_kg * kCentre2_m * kCentre2_m + kInertia2 - d2 * d2 / d1);
  const double ddtheta1 = -(d2 * ddtheta2 + phi1) / d1;
  return {dtheta1, dtheta2, ddtheta1, ddtheta2};
}

State Along(const State& state, double time_s, const State& derivative) {
  State moved = state;
  for (std::size_t i = 0; i < moved.size(); ++i) moved[i] += time_s * derivative[i];
  return moved;
}

/// One classical fourth-order Runge-Kutta step, the torque held.
State RungeKutta4(const State& state, double torque) {
  const State k1 = Derivative(state, torque);
  const State k2 = Derivative(Along(state, kStep_s / 2.0, k1), torque);
  const State k3 = Derivative(Along(state, kStep_s / 2.0, k2), torque);
  const State k4 = Derivative(Along(state, kStep_s, k3), torque);
  State next = state;
  for (std::size_t i = 0; i < next.size(); ++i) {
    next[i] += kStep_s / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]);
  }
  return next;
}

class Acrobot final : public StateVectorEnvironment<4> {
 public:
  Acrobot()
      : StateVectorEnvironment(MakeSpec(),
                               {-kInfinity, -kInfinity, -Bound(kSpeed1Max), -Bound(kSpeed2Max)},
                               {kInfinity, kInfinity, Bound(kSpeed1Max), Bound(kSpeed2Max)}) {}

  void Reset(Rng& rng) override {
    // Upstream draws the first state into a float32 array.
    for (double& value : state_) value = static_cast<float>(rng.Uniform(-0.1, 0.1));
  }

  StepResult Step(std::span<const double> action, Rng& /*rng*/) override {
    state_ = RungeKutta4(state_, action[0] - 1.0);
    state_[0] = std::remainder(state_[0], 2.0 * pi);
    state_[1] = std::remainder(state_[1], 2.0 * pi);
    state_[2] = std::clamp(state_[2], -kSpeed1Max, kSpeed1Max);
    state_[3] = std::clamp(state_[3], -kSpeed2Max, kSpeed2Max);
    const bool swung_up = rules::AcrobotSwungUp(state_[0], state_[1]);
    return {.reward = rules::AcrobotReward(swung_up), .terminated = swung_up};
  }

  void Observe(std::span<double> obs) const override {
    obs[0] = std::cos(state_[0]);
    obs[1] = std::sin(state_[0]);
    obs[2] = std::cos(state_[1]);
    obs[3] = std::sin(state_[1]);
    obs[4] = state_[2];
    obs[5] = state_[3];
  }

 private:
  /// The wider of the limit and its float32.
  static double Bound(double speed) { return std::max(speed, FloatBound(speed)); }

  static EnvSpec MakeSpec() {
    const double speed1 = Bound(kSpeed1Max);
    const double speed2 = Bound(kSpeed2Max);
    return {.name = "Acrobot-v1",
            .observation = Space::Box({-1.0, -1.0, -1.0, -1.0, -speed1, -speed2},
                                      {1.0, 1.0, 1.0, 1.0, speed1, speed2}),
            .action = Space::Discrete(3),
            .max_episode_steps = 500,
            .reward_threshold = -100.0,
            .state_names = {"theta1", "theta2", "dtheta1", "dtheta2"}};
  }
};

}  // namespace

std::unique_ptr<Environment> MakeAcrobot(Config& /*config*/) { return std::make_unique<Acrobot>(); }

}  // namespace dyna::envs
