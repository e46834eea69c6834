#pragma once

#include "common/core/state_dict.hpp"
#include "model_server/dynamics/dataset.hpp"
#include "model_server/dynamics/ensemble.hpp"
#include "model_server/dynamics/train_report.hpp"

namespace dyna::dynamics {

/// The training half of an ensemble: what it needs from one training to the next. Single-threaded
/// outside; its own work it spreads over torch's threads.
class Trainer {
 public:
  virtual ~Trainer() = default;
  /// One training on all of `data`.
  virtual TrainReport Train(Ensemble& ensemble, const Dataset& data) = 0;
  virtual void Save(StateDict& state) const = 0;
  virtual void Load(const StateDict& state) = 0;
};

}  // namespace dyna::dynamics
