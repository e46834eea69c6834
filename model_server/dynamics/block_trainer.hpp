#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "common/core/rng.hpp"
#include "model_server/dynamics/ensemble_optimizer.hpp"
#include "model_server/dynamics/trainer.hpp"

namespace dyna::dynamics {

/// The training of DHMBPO (Kubo et al. 2025, official code). Rows keep their label and weights for
/// life, all members share their mini-batches, epochs are short, and a paired test on validation
/// rows decides when to stop and which weights to keep. The optimiser starts anew each time; what
/// lives on are random streams and two counters.
class BlockTrainer : public Trainer {
 public:
  explicit BlockTrainer(const Ensemble& ensemble);
  static std::unique_ptr<Trainer> Make(const Ensemble& ensemble) {
    return std::make_unique<BlockTrainer>(ensemble);
  }

  /// 1. rows and statistics; 2. epochs, each followed by the test; 3. all members restored to the
  /// best epoch, which may be the weights before; 4. each member's validation error.
  TrainReport Train(Ensemble& ensemble, const Dataset& data) override;

  void Save(StateDict& state) const override;
  void Load(const StateDict& state) override;

 private:
  /// The rows of one training.
  struct Rows {
    std::vector<std::int64_t> train = {};
    std::vector<std::int64_t> validation = {};
    at::Tensor weights = {};  ///< [N,E]; undefined without bootstrap
    std::size_t next = 0;     ///< place in `train` where the next mini-batch begins
  };

  Rows DrawRows(const ModelOptions& options, const Dataset& data);
  /// Up to `batches_max` mini-batches; returns their mean loss and adds to `steps`.
  double Epoch(Ensemble& ensemble, const Dataset& data, EnsembleOptimizer& optimizer, Rows& rows,
               std::int64_t batches_max);

  std::uint64_t seed_;  ///< of what rows keep and of every step's noise
  Rng rng_;
  std::int64_t trainings_ = 0;
  std::int64_t steps_ = 0;  ///< of all trainings
};

}  // namespace dyna::dynamics
