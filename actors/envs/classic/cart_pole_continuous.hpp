#pragma once

#include <memory>

#include "actors/envs/environment.hpp"
#include "common/config/config.hpp"

namespace dyna::envs {

/// CartPole with a force of 10 a newtons, a in [-1, 1] but not clipped here; 200 steps
/// (mbrl-lib's cartpole_continuous and its trial length). Reads no keys.
std::unique_ptr<Environment> MakeCartPoleContinuous(Config& config);

}  // namespace dyna::envs
