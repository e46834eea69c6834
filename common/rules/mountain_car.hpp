#pragma once

#include "common/rules/rules.hpp"

namespace dyna::rules {

/// Positions of the flag; the car must not be rolling back when it gets there.
inline constexpr double kMountainCarGoal = 0.5;             ///< MountainCar-v0
inline constexpr double kMountainCarContinuousGoal = 0.45;  ///< MountainCarContinuous-v0

/// True iff position >= goal and velocity >= 0.
bool MountainCarArrived(double position, double velocity, double goal) noexcept;

/// Gymnasium MountainCarContinuous-v0:  r = 100 [arrived] - 0.1 a^2, the action NOT clipped.
double MountainCarContinuousReward(double action, bool arrived) noexcept;

/// MountainCar-v0: -1 every step, the last one included.
Rules MountainCarRules() noexcept;
Rules MountainCarContinuousRules() noexcept;

}  // namespace dyna::rules
