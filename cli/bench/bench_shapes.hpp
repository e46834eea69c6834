#pragma once

#include <cstdint>

namespace dyna::cli {

/// HalfCheetah under MBPO, and CartPole under DQN as CleanRL trains it.
inline constexpr std::int64_t kObs = 17, kActions = 6, kHidden = 256, kBatch = 256;
inline constexpr std::int64_t kDqnObs = 4, kDqnActions = 2, kDqnBatch = 128;
inline constexpr std::int64_t kDqnFirst = 120, kDqnSecond = 84;
inline constexpr std::int64_t kMembers = 7, kElites = 5, kModelHidden = 200, kModelLayers = 4;
inline constexpr std::int64_t kInputs = kObs + kActions, kTargets = kObs + 1;
inline constexpr std::int64_t kHorizon = 5, kStarts = 100'000;
inline constexpr std::int64_t kTableRows = 100'000;

}  // namespace dyna::cli
