#pragma once

#include <cstdint>
#include <vector>

#include "common/ports/replay_port.hpp"

namespace dyna::learner {

/// Where an algorithm gets data: mixed batches, or new real rows in order.
class BatchSource {
 public:
  virtual ~BatchSource() = default;
  /// A batch of the configured size and mixture of real and synthetic rows, real rows first.
  /// Ids of synthetic rows are not valid for UpdatePriorities; see real_rows().
  virtual Result<SampleBatch> Sample() = 0;
  /// Up to rows_max real rows that were never returned before, in order (maybe none).
  virtual Result<TransitionBatch> ReadNew(std::int64_t rows_max) = 0;
  /// New |TD error| priorities of the real rows of the last Sample(), in its order.
  /// Does nothing unless prioritized replay is on.
  virtual Status UpdatePriorities(const std::vector<double>& priorities) = 0;
  /// How many rows at the front of the last Sample() are real.
  virtual std::int64_t real_rows() const = 0;
};

}  // namespace dyna::learner
