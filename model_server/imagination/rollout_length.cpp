#include "model_server/imagination/rollout_length.hpp"

#include <algorithm>

#include "common/core/check.hpp"

namespace dyna::imagination {

std::int64_t RolloutLength(const RolloutSchedule& schedule, std::int64_t epoch) {
  const auto& [e0, e1, k0, k1] = schedule;
  double progress = epoch >= e1 ? 1.0 : 0.0;
  if (e1 > e0) {
    progress = std::clamp(static_cast<double>(epoch - e0) / static_cast<double>(e1 - e0), 0.0, 1.0);
  }
  return static_cast<std::int64_t>(static_cast<double>(k0) +
                                   progress * static_cast<double>(k1 - k0));
}

std::int64_t EpochOf(std::uint64_t real_rows, std::int64_t random_steps, std::int64_t epoch_steps) {
  DYNA_CHECK(epoch_steps >= 1);
  return std::max<std::int64_t>(static_cast<std::int64_t>(real_rows) - random_steps, 0) /
         epoch_steps;
}

std::int64_t SyntheticCapacity(std::int64_t k, std::int64_t rollout_batch, std::int64_t epoch_steps,
                               std::int64_t train_every, std::int64_t retain_epochs) {
  DYNA_CHECK(train_every >= 1);
  // Integers throughout: the product of the first three divided once is int() of the formula.
  return retain_epochs * (k * rollout_batch * epoch_steps / train_every);
}

}  // namespace dyna::imagination
