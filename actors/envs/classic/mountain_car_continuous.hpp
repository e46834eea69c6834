#pragma once

#include <memory>

#include "actors/envs/environment.hpp"
#include "common/config/config.hpp"

namespace dyna::envs {

/// Gymnasium MountainCarContinuous-v0: the force is the action clipped to +-1, the reward pays for
/// the action as given, and the state is rounded to float32 after every step, as there; 999 steps.
/// Reads no keys.
std::unique_ptr<Environment> MakeMountainCarContinuous(Config& config);

}  // namespace dyna::envs
