#pragma once

#include "actors/envs/mujoco/task.hpp"
#include "common/config/config.hpp"

namespace dyna::envs {

/// Gymnasium HalfCheetah-v4 (Wawrzynski 2009): six motors, run forward, never ends. Observes
/// [z, pitch, six joints, the nine velocities]. Reads no keys.
const MujocoTask& HalfCheetahTask(Config& config);

/// The half cheetah of PETS (Chua et al. 2018) as in mbrl-lib: the same physics, calmer starts, and
/// the velocity of the last step as a first observation column. Reads no keys.
const MujocoTask& PetsHalfCheetahTask(Config& config);

}  // namespace dyna::envs
