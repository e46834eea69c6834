#pragma once

#include "common/core/check.hpp"
#include "common/ports/replay_port.hpp"

namespace dyna::learner {

/// Aborts unless the batch has rows, each with a weight, of the shape a learner can read.
inline void CheckBatch(const SampleBatch& batch, TransitionShape shape) {
  batch.rows.CheckConsistent();
  DYNA_CHECK(batch.rows.size() > 0 && batch.rows.shape() == shape);
  DYNA_CHECK(batch.weights.size() == batch.rows.size());
}

}  // namespace dyna::learner
