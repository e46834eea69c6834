#pragma once

#include "common/core/rng.hpp"
#include "common/core/transition_batch.hpp"

namespace dyna::cli {

/// Standard normal rows that never end; actions uniform in [-1, 1], or indices below `actions`
/// when that is positive.
inline TransitionBatch RandomRows(std::int64_t count, TransitionShape shape, std::int64_t actions) {
  Rng rng(1, "bench");
  TransitionBatch rows = TransitionBatch::Zeros(count, shape);
  for (float& x : rows.obs.reshaped()) x = static_cast<float>(rng.Normal());
  for (float& x : rows.next_obs.reshaped()) x = static_cast<float>(rng.Normal());
  for (float& x : rows.reward) x = static_cast<float>(rng.Normal());
  for (float& x : rows.action.reshaped()) {
    x = actions > 0 ? static_cast<float>(rng.Below(static_cast<std::uint64_t>(actions)))
                    : static_cast<float>(rng.Uniform(-1.0, 1.0));
  }
  return rows;
}

}  // namespace dyna::cli
