#pragma once

#include <memory>

#include "actors/envs/tabular/tabular_environment.hpp"
#include "common/config/config.hpp"

namespace dyna::envs {

/// Sutton & Barto example 8.2: the short way (10 steps) closes and a long one (16) opens on the
/// other side when `env.change_step` (default 1000) steps were made in all.
std::unique_ptr<TabularEnvironment> MakeBlockingMaze(Config& config);

}  // namespace dyna::envs
