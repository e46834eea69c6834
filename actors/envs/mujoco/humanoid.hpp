#pragma once

#include "actors/envs/mujoco/task.hpp"
#include "common/config/config.hpp"

namespace dyna::envs {

/// Gymnasium Humanoid-v4 (Tassa, Erez & Todorov 2012): seventeen motors, walk forward. Observes 376
/// numbers: [qpos without x and y, qvel, cinert, cvel, qfrc_actuator, cfrc_ext], bodies in order,
/// the world first; ends when the torso leaves 1 to 2 m. Reads no keys.
const MujocoTask& HumanoidTask(Config& config);

/// The humanoid of MBPO (Janner et al. 2019): observes only [qpos without x and y, qvel], 45
/// numbers, and pays for contact forces. Reads no keys.
const MujocoTask& HumanoidTruncatedObsTask(Config& config);

}  // namespace dyna::envs
