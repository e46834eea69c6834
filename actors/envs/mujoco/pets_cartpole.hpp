#pragma once

#include "actors/envs/mujoco/task.hpp"
#include "common/config/config.hpp"

namespace dyna::envs {

/// The cart and pole of PETS (Chua et al. 2018) as in mbrl-lib: swing a pole up, angle 0 hangs
/// down. Observes [x, angle, their velocities]; 200 steps, never ends. Reads no keys.
const MujocoTask& PetsCartPoleTask(Config& config);

}  // namespace dyna::envs
