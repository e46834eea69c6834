#pragma once

#include "common/rules/rules.hpp"

namespace dyna::rules {

inline constexpr double kPendulumTorqueMax = 2.0;  ///< [N m]

/// `angle` brought into [-pi, pi).
double WrapAngle_rad(double angle) noexcept;

/// Gymnasium Pendulum-v1:  r = -(wrap(theta)^2 + 0.1 theta_dot^2 + 0.001 u^2)  with the angle
/// (0 = upright, any multiple of turns) and velocity BEFORE the step and u = clip(torque, +-2).
double PendulumReward(double theta, double theta_dot, double torque) noexcept;

/// Pendulum-v1: never terminates. From an observation [cos, sin, theta_dot] the angle is
/// atan2(sin, cos), so a predicted pair need not have length one; only its direction counts.
Rules PendulumRules() noexcept;

}  // namespace dyna::rules
