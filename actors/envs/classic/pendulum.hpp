#pragma once

#include <memory>

#include "actors/envs/environment.hpp"
#include "common/config/config.hpp"

namespace dyna::envs {

/// Gymnasium Pendulum-v1: state (theta [rad], 0 = upright and unwrapped, theta_dot), observed as
/// [cos, sin, theta_dot]; torque clipped to +-2 N m; 200 steps, never terminates. Reads no keys.
std::unique_ptr<Environment> MakePendulum(Config& config);

}  // namespace dyna::envs
