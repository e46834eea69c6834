#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "common/core/rng.hpp"
#include "common/core/state_dict.hpp"
#include "model_server/dynamics/dataset.hpp"
#include "model_server/dynamics/ensemble.hpp"
#include "model_server/dynamics/ensemble_optimizer.hpp"
#include "model_server/dynamics/row_index.hpp"
#include "model_server/dynamics/train_report.hpp"
#include "model_server/dynamics/trainer.hpp"

namespace dyna::dynamics {

/// MBPO's training: an optimiser that lives on from one training to the next, and the random
/// stream that splits and orders rows.
class EnsembleTrainer : public Trainer {
 public:
  explicit EnsembleTrainer(const Ensemble& ensemble);
  static std::unique_ptr<Trainer> Make(const Ensemble& ensemble) {
    return std::make_unique<EnsembleTrainer>(ensemble);
  }

  /// One training as in MBPO's official code: 1. a fresh hold-out split, bootstrap rows and input
  /// statistics; 2. epochs of Adam, each followed by every member's hold-out error; 3. each
  /// member restored to its best epoch; 4. the elites.
  TrainReport Train(Ensemble& ensemble, const Dataset& data) override;

  void Save(StateDict& state) const override;
  void Load(const StateDict& state) override;

 private:
  struct Holdout {
    at::Tensor inputs = {};   ///< [H,I] normalised
    at::Tensor targets = {};  ///< [H,D] normalised if the model does so
    std::int64_t rows() const { return inputs.defined() ? inputs.size(0) : 0; }
  };

  void FitNormalizers(Ensemble& ensemble, const Dataset& data, std::vector<std::int64_t>& train);
  double Epoch(Ensemble& ensemble, const Dataset& data, const MemberRows& rows,
               std::int64_t steps_left, std::int64_t& steps);
  static std::vector<double> HoldoutErrors(const Ensemble& ensemble, const Holdout& holdout);

  EnsembleOptimizer optimizer_;
  Rng rng_;
};

}  // namespace dyna::dynamics
