#pragma once

#include <memory>

#include "actors/envs/environment.hpp"
#include "common/config/config.hpp"

namespace dyna::envs {

/// Gymnasium CartPole-v1: action 0 pushes left, 1 right, with 10 N; 500 steps. Reads no keys.
std::unique_ptr<Environment> MakeCartPole(Config& config);

}  // namespace dyna::envs
