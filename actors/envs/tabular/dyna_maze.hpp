#pragma once

#include <memory>

#include "actors/envs/tabular/tabular_environment.hpp"
#include "common/config/config.hpp"

namespace dyna::envs {

/// Sutton & Barto example 8.1: 6 x 9 cells, shortest path 14. Reads no keys.
std::unique_ptr<TabularEnvironment> MakeDynaMaze(Config& config);

}  // namespace dyna::envs
