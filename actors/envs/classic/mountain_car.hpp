#pragma once

#include <memory>

#include "actors/envs/environment.hpp"
#include "common/config/config.hpp"

namespace dyna::envs {

/// Gymnasium MountainCar-v0 (Moore 1990): action 0 left, 1 coast, 2 right; 200 steps.
/// Reads no keys.
std::unique_ptr<Environment> MakeMountainCar(Config& config);

}  // namespace dyna::envs
