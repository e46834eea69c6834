#pragma once

#include "common/rules/rules.hpp"

namespace dyna::rules {

/// InvertedPendulum-v4: how far the pole may lean [rad].
inline constexpr double kInvertedPendulumAngleLimit_rad = 0.2;
/// InvertedDoublePendulum-v4: the episode ends when the upper pole's tip is no higher [m].
inline constexpr double kDoublePendulumHeightMin = 1.0;

/// True iff |angle| > 0.2 or NaN; an angle of exactly 0.2 still stands.
bool InvertedPendulumFell(double angle) noexcept;

/// True iff the tip's height is <= 1 or NaN.
bool DoublePendulumFell(double tip_height) noexcept;

/// InvertedPendulum-v4: reward 1 on every step, the terminating one included.
Rules InvertedPendulumRules() noexcept;

/// InvertedDoublePendulum-v4, termination as in MBPO: from an observation [x, sin1, sin2, cos1,
/// cos2, ...] the tip is at 0.6 (cos1 + cos(theta1 + theta2)), angles by atan2.
///
/// The environment tests the tip where MuJoCo's last forward pass left it, in the fourth
/// Runge-Kutta stage of the last substep: along 200,000 random steps up to 8 mm from where the
/// observation puts it, and on 3 of them on the other side of the limit. Its reward needs that tip
/// and velocities that the observation clips: there is no rule for it.
Rules InvertedDoublePendulumRules() noexcept;

}  // namespace dyna::rules
