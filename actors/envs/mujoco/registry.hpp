#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "actors/envs/environment.hpp"
#include "common/config/config.hpp"

// Needs no header of MuJoCo: every build has it.
namespace dyna::envs {

/// The environments over MuJoCo, sorted, whether or not this build has MuJoCo.
std::span<const std::string_view> MujocoNames() noexcept;

/// Whether this build can make them.
bool HasMujoco() noexcept;

/// Makes one of MujocoNames(); reads the env.* keys of that environment.
/// ConfigError about env.name in a build without MuJoCo, with what to do about it.
std::unique_ptr<Environment> MakeMujoco(const std::string& name, Config& config);

}  // namespace dyna::envs
