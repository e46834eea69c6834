#pragma once

#include "common/rules/rules.hpp"

namespace dyna::rules {

/// Where the cart leaves the track [m] and the pole counts as fallen (12 degrees) [rad].
/// Barto, Sutton & Anderson 1983; Gymnasium CartPole-v1.
inline constexpr double kCartPolePositionLimit = 2.4;
inline constexpr double kCartPoleAngleLimit_rad = 12.0 * 2.0 * 3.141592653589793 / 360.0;

/// True iff the cart is off the track or the pole is down: strictly beyond a limit, or NaN.
bool CartPoleFailed(double x, double theta) noexcept;

/// For CartPole-v1 and CartPoleContinuous. Reward 1 on every step, the terminating one included:
/// an episode has no further steps, so the zeros an environment pays after its end are not a rule
/// of transitions but of that environment's own bookkeeping.
Rules CartPoleRules() noexcept;

}  // namespace dyna::rules
