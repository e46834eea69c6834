#pragma once

#include "actors/envs/mujoco/task.hpp"
#include "common/config/config.hpp"

namespace dyna::envs {

/// Gymnasium Walker2d-v4 (Erez, Tassa & Todorov 2011): two legs in a plane, six motors, walk
/// forward. Observes [z, torso angle, six joints, the nine velocities clipped to +-10]; ends when
/// it falls. Reads no keys.
const MujocoTask& Walker2dTask(Config& config);

}  // namespace dyna::envs
