#pragma once

#include "actors/envs/mujoco/task.hpp"
#include "common/config/config.hpp"

namespace dyna::envs {

/// Gymnasium Ant-v4 (Schulman et al. 2016): four legs, eight motors, walk forward. Observes [z,
/// torso quaternion, eight joints, the fourteen velocities]; ends when the torso leaves 0.2 to 1 m.
/// Reads env.use_contact_forces (default false): observe the contact forces of all bodies, clipped
/// to +-1, as 84 more columns, and pay for them.
const MujocoTask& AntTask(Config& config);

/// The ant of MBPO (Janner et al. 2019): pays for contact forces but does not observe them.
/// Reads no keys.
const MujocoTask& AntTruncatedObsTask(Config& config);

}  // namespace dyna::envs
