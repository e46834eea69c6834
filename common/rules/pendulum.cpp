#include "common/rules/pendulum.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "common/rules/finite.hpp"

namespace dyna::rules {
namespace {

bool Terminated(std::span<const double>, std::span<const double>,
                std::span<const double> next_obs) {
  return !AllFinite(next_obs);
}

double Reward(std::span<const double> obs, std::span<const double> action,
              std::span<const double> next_obs) {
  if (!AllFinite(obs, action, next_obs)) return kNotANumber;
  return PendulumReward(std::atan2(obs[1], obs[0]), obs[2], action[0]);
}

}  // namespace

double WrapAngle_rad(double angle) noexcept {
  constexpr double kTurn = 2.0 * std::numbers::pi;
  double shifted = std::fmod(angle + std::numbers::pi, kTurn);
  if (shifted < 0.0) shifted += kTurn;
  return shifted - std::numbers::pi;
}

double PendulumReward(double theta, double theta_dot, double torque) noexcept {
  const double angle = WrapAngle_rad(theta);
  const double u = std::clamp(torque, -kPendulumTorqueMax, kPendulumTorqueMax);
  return -(angle * angle + 0.1 * (theta_dot * theta_dot) + 0.001 * (u * u));
}

Rules PendulumRules() noexcept { return {.terminated = Terminated, .reward = Reward}; }

}  // namespace dyna::rules
