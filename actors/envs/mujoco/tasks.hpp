#pragma once

#include <string_view>

#include "actors/envs/mujoco/task.hpp"
#include "common/config/config.hpp"

namespace dyna::envs {

/// The task of one of MujocoNames(), as its env.* keys in `config` ask for it; lives as long as the
/// program.
const MujocoTask& FindMujocoTask(std::string_view name, Config& config);

}  // namespace dyna::envs
