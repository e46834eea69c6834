#pragma once

#include <cstdint>

namespace dyna::imagination {

/// Linear growth of the rollout length: from k0 at epoch e0 to k1 at epoch e1.
struct RolloutSchedule {
  std::int64_t e0 = 20;
  std::int64_t e1 = 150;
  std::int64_t k0 = 1;
  std::int64_t k1 = 15;
  bool operator==(const RolloutSchedule&) const = default;
};

/// k = int(k0 + clip((epoch - e0) / (e1 - e0), 0, 1) * (k1 - k0))  (MBPO, official code).
/// With e1 == e0 it steps from k0 to k1 at that epoch.
std::int64_t RolloutLength(const RolloutSchedule& schedule, std::int64_t epoch);

/// Epoch of a real-step count: the random steps at the start belong to none.
std::int64_t EpochOf(std::uint64_t real_rows, std::int64_t random_steps, std::int64_t epoch_steps);

/// Rows the synthetic table keeps: retain_epochs * int(k * rollout_batch * epoch_steps /
/// train_every)  (MBPO, official code).
std::int64_t SyntheticCapacity(std::int64_t k, std::int64_t rollout_batch, std::int64_t epoch_steps,
                               std::int64_t train_every, std::int64_t retain_epochs);

}  // namespace dyna::imagination
