#pragma once

#include <memory>

#include "actors/envs/tabular/tabular_environment.hpp"
#include "common/config/config.hpp"

namespace dyna::envs {

/// Gymnasium CliffWalking (Sutton & Barto example 6.6), one world under two ids: 4 x 12 cells;
/// actions up, right, down, left; -1 a step; entering the cliff costs 100 and puts the agent back
/// at the start, which does not end the episode; no time limit. Moves out of the cliff's cells and
/// the goal, which no episode makes, follow the same rule. Read no keys.
std::unique_ptr<TabularEnvironment> MakeCliffWalkingV0(Config& config);
std::unique_ptr<TabularEnvironment> MakeCliffWalkingV1(Config& config);

}  // namespace dyna::envs
