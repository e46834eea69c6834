#include "common/rules/acrobot.hpp"

#include <cmath>

#include "common/rules/finite.hpp"

namespace dyna::rules {
namespace {

bool Terminated(std::span<const double>, std::span<const double>,
                std::span<const double> next_obs) {
  if (!AllFinite(next_obs)) return true;
  return AcrobotSwungUp(std::atan2(next_obs[1], next_obs[0]), std::atan2(next_obs[3], next_obs[2]));
}

double Reward(std::span<const double> obs, std::span<const double> action,
              std::span<const double> next_obs) {
  if (!AllFinite(obs, action, next_obs)) return kNotANumber;
  return AcrobotReward(Terminated(obs, action, next_obs));
}

}  // namespace

bool AcrobotSwungUp(double theta1, double theta2) noexcept {
  return -std::cos(theta1) - std::cos(theta2 + theta1) > 1.0;
}

double AcrobotReward(bool swung_up) noexcept { return swung_up ? 0.0 : -1.0; }

Rules AcrobotRules() noexcept { return {.terminated = Terminated, .reward = Reward}; }

}  // namespace dyna::rules
