#pragma once

#include "actors/envs/mujoco/task.hpp"
#include "common/config/config.hpp"

namespace dyna::envs {

/// Gymnasium Reacher-v4: bring the fingertip of a two-link arm to a target. Observes [cosines,
/// sines of both joints, target x and y, joint velocities, fingertip - target]; 50 steps, never
/// ends. Reads no keys.
const MujocoTask& ReacherTask(Config& config);

}  // namespace dyna::envs
