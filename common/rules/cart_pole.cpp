#include "common/rules/cart_pole.hpp"

#include "common/rules/finite.hpp"

namespace dyna::rules {
namespace {

bool Terminated(std::span<const double>, std::span<const double>,
                std::span<const double> next_obs) {
  return !AllFinite(next_obs) || CartPoleFailed(next_obs[0], next_obs[2]);
}

double Reward(std::span<const double> obs, std::span<const double> action,
              std::span<const double> next_obs) {
  return AllFinite(obs, action, next_obs) ? 1.0 : kNotANumber;
}

}  // namespace

bool CartPoleFailed(double x, double theta) noexcept {
  const bool on_track = x >= -kCartPolePositionLimit && x <= kCartPolePositionLimit;
  const bool upright = theta >= -kCartPoleAngleLimit_rad && theta <= kCartPoleAngleLimit_rad;
  return !(on_track && upright);  // a NaN is neither: it fails
}

Rules CartPoleRules() noexcept { return {.terminated = Terminated, .reward = Reward}; }

}  // namespace dyna::rules
