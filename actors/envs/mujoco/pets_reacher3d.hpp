#pragma once

#include "actors/envs/mujoco/task.hpp"
#include "common/config/config.hpp"

namespace dyna::envs {

/// The reacher of PETS (Chua et al. 2018): bring the end of a seven-joint arm to a point in space.
/// Observes [joints, target, joint velocities]; 150 steps, never ends. The model of mbrl-lib 0.1.5
/// (later versions load the wrong one). Reads no keys.
const MujocoTask& PetsReacher3DTask(Config& config);

}  // namespace dyna::envs
