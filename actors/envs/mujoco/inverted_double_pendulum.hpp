#pragma once

#include "actors/envs/mujoco/task.hpp"
#include "common/config/config.hpp"

namespace dyna::envs {

/// Gymnasium InvertedDoublePendulum-v4: balance two poles in series on a cart. Observes [x, sines,
/// cosines of both angles, velocities and constraint forces clipped to +-10]; ends when the tip is
/// at 1 m or lower. Reads no keys.
const MujocoTask& InvertedDoublePendulumTask(Config& config);

}  // namespace dyna::envs
