#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "common/core/env_spec.hpp"
#include "common/core/rng.hpp"
#include "common/ports/replay_port.hpp"

namespace dyna::learner {

/// The columns of a batch as tensors that share its memory: the batch must outlive them.
struct BatchTensors {
  /// Aborts unless the batch has rows and the shape a learner of `shape` can read.
  BatchTensors(SampleBatch& batch, TransitionShape shape);

  std::int64_t rows;
  at::Tensor obs;         ///< [B,O]
  at::Tensor action;      ///< [B,A] environment units, or an index
  at::Tensor reward;      ///< [B]
  at::Tensor next_obs;    ///< [B,O]
  at::Tensor terminated;  ///< [B]
  at::Tensor weights;     ///< [B] importance weights
};

/// The first `rows` magnitudes of td [B], as replay wants its priorities.
std::vector<double> Priorities(const at::Tensor& td, std::int64_t rows);

/// [rows,columns] of standard normals from a named stream.
at::Tensor NormalTensor(Rng& rng, std::int64_t rows, std::int64_t columns);

}  // namespace dyna::learner
