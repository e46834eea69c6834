#pragma once

#include "actors/envs/mujoco/task.hpp"
#include "common/config/config.hpp"

namespace dyna::envs {

/// Gymnasium Swimmer-v4 (Coulom 2002): three links in a viscous fluid, two motors, swim forward.
/// Observes [angle, two joints, the five velocities]; never ends. Reads no keys.
const MujocoTask& SwimmerTask(Config& config);

}  // namespace dyna::envs
