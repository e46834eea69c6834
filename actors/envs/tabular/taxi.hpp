#pragma once

#include <memory>

#include "actors/envs/tabular/tabular_environment.hpp"
#include "common/config/config.hpp"

namespace dyna::envs {

/// Gymnasium Taxi-v3 (Dietterich 2000): 5 x 5 cells, a passenger at one of 4 stands or aboard,
/// 4 destinations, state ((row * 5 + column) * 5 + passenger) * 4 + destination; actions south,
/// north, east, west, pick up, drop off; 200 steps. Reads no keys.
std::unique_ptr<TabularEnvironment> MakeTaxi(Config& config);

}  // namespace dyna::envs
