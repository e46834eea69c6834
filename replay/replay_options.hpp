#pragma once

#include <cstdint>

#include "common/config/config.hpp"
#include "common/core/transition_batch.hpp"
#include "replay/replay_shard.hpp"

namespace dyna::replay {

/// What a person may choose about replay. Limits that follow from other choices (updates per
/// step, rollout schedule) are set by the caller in the result of shard().
struct ReplayOptions {
  TransitionShape shape = {};
  std::int64_t real_capacity = 1'000'000;
  bool prioritized = false;     ///< real rows by TD error rather than uniformly
  double priority_alpha = 0.6;  ///< 0 = uniform, 1 = proportional to the TD error

  /// Reads replay.real_capacity, replay.prioritized and replay.priority_alpha.
  static ReplayOptions From(Config& config, TransitionShape shape);

  /// Tables "real" and "synthetic" without limits. The synthetic one starts with the capacity of
  /// the real one and never has priorities; its owner resizes it with the rollout schedule.
  ReplayShard::Options shard() const;
};

}  // namespace dyna::replay
