#include "common/rules/inverted_pendulums.hpp"

#include <cmath>

#include "common/rules/finite.hpp"

namespace dyna::rules {
namespace {

constexpr double kPoleLength_m = 0.6;  // of both poles of the double pendulum

bool SingleTerminated(std::span<const double>, std::span<const double>,
                      std::span<const double> next_obs) {
  return !AllFinite(next_obs) || InvertedPendulumFell(next_obs[1]);
}

double SingleReward(std::span<const double> obs, std::span<const double> action,
                    std::span<const double> next_obs) {
  return AllFinite(obs, action, next_obs) ? 1.0 : kNotANumber;
}

bool DoubleTerminated(std::span<const double>, std::span<const double>,
                      std::span<const double> next_obs) {
  if (!AllFinite(next_obs)) return true;
  const double theta1 = std::atan2(next_obs[1], next_obs[3]);
  const double theta2 = std::atan2(next_obs[2], next_obs[4]);
  return DoublePendulumFell(kPoleLength_m * (next_obs[3] + std::cos(theta1 + theta2)));
}

}  // namespace

bool InvertedPendulumFell(double angle) noexcept {
  return !(std::abs(angle) <= kInvertedPendulumAngleLimit_rad);
}

bool DoublePendulumFell(double tip_height) noexcept {
  return !(tip_height > kDoublePendulumHeightMin);
}

Rules InvertedPendulumRules() noexcept {
  return {.terminated = SingleTerminated, .reward = SingleReward};
}

Rules InvertedDoublePendulumRules() noexcept { return {.terminated = DoubleTerminated}; }

}  // namespace dyna::rules
