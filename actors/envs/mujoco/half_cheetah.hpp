#pragma once

#include "actors/envs/mujoco/task.hpp"
#include "common/config/config.hpp"

namespace dyna::envs {

/// Gymnasium HalfCheetah-v4 (Wawrzynski 2009): six motors, run forward, never ends. Observes
/// [z, pitch, six joints, the nine velocities]. Reads no keys.
const MujocoTask& HalfCheetahTask(Config& config);

}  // namespace dyna::envs
