#pragma once

#include <memory>

#include "actors/envs/tabular/tabular_environment.hpp"
#include "common/config/config.hpp"

namespace dyna::envs {

/// Sutton & Barto example 8.3: a short way (10 steps) opens beside the long one (16) when
/// `env.change_step` (default 3000) steps were made in all.
std::unique_ptr<TabularEnvironment> MakeShortcutMaze(Config& config);

}  // namespace dyna::envs
