#pragma once

#include "common/rules/rules.hpp"

namespace dyna::rules {

/// True iff the tip is more than one link length above the pivot:
/// -cos(theta1) - cos(theta1 + theta2) > 1, angles from hanging and from the first link.
/// Sutton 1996; Gymnasium Acrobot-v1.
bool AcrobotSwungUp(double theta1, double theta2) noexcept;

/// 0 on the terminating step, else -1.
double AcrobotReward(bool swung_up) noexcept;

/// Acrobot-v1. From an observation [cos1, sin1, cos2, sin2, ...] the angles are atan2(sin, cos),
/// so predicted pairs need not have length one: a long prediction must not end an episode.
Rules AcrobotRules() noexcept;

}  // namespace dyna::rules
