#pragma once

#include "actors/envs/mujoco/task.hpp"
#include "common/config/config.hpp"

namespace dyna::envs {

/// Gymnasium InvertedPendulum-v4: balance a pole on a cart. Observes [x, angle from upright, their
/// velocities]; ends when the pole leans by more than 0.2. Reads no keys.
const MujocoTask& InvertedPendulumTask(Config& config);

}  // namespace dyna::envs
