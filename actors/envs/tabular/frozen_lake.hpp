#pragma once

#include <memory>

#include "actors/envs/tabular/tabular_environment.hpp"
#include "common/config/config.hpp"

namespace dyna::envs {

/// Gymnasium FrozenLake-v1: actions left, down, right, up; 1 on entering G, else 0; H and G end
/// the episode and absorb. `env.map` ("4x4" or "8x8") also chooses the time limit and the
/// threshold (100 and 0.7, or 200 and 0.85); `env.slippery` (default true): an action goes its
/// way or to either side with probability 1/3 each.
std::unique_ptr<TabularEnvironment> MakeFrozenLake(Config& config);
/// FrozenLake8x8-v1: the same on the 8x8 map; reads `env.slippery` only.
std::unique_ptr<TabularEnvironment> MakeFrozenLake8x8(Config& config);

}  // namespace dyna::envs
