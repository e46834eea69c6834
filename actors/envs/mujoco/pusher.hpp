#pragma once

#include "actors/envs/mujoco/task.hpp"
#include "common/config/config.hpp"

namespace dyna::envs {

/// Gymnasium Pusher-v4: push a cylinder to a goal with a seven-joint arm. Observes [joints, their
/// velocities, positions of the tip, the object and the goal]; 100 steps, never ends. Reads no
/// keys.
const MujocoTask& PusherTask(Config& config);

/// The pusher of PETS (Chua et al. 2018) as in mbrl-lib: a wider shoulder, goal not observed,
/// 1-norm rewards; 150 steps, never ends. Reads no keys.
const MujocoTask& PetsPusherTask(Config& config);

}  // namespace dyna::envs
