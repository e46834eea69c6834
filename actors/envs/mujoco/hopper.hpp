#pragma once

#include "actors/envs/mujoco/task.hpp"
#include "common/config/config.hpp"

namespace dyna::envs {

/// Gymnasium Hopper-v4 (Erez, Tassa & Todorov 2011): one leg, three motors, hop forward. Observes
/// [z, torso angle, thigh, leg, foot, the six velocities clipped to +-10]; ends when it falls.
/// Reads no keys.
const MujocoTask& HopperTask(Config& config);

}  // namespace dyna::envs
