#pragma once

#include <memory>
#include <span>
#include <vector>

#include "model_server/dynamics/dynamics_model.hpp"
#include "model_server/dynamics/ensemble.hpp"
#include "model_server/dynamics/trainer.hpp"

namespace dyna::dynamics {

/// What the ensemble leaves share: members of one shape, told apart from other leaves by a head and
/// by how they are trained.
class EnsembleModel : public DynamicsModel {
 public:
  using MakeTrainer = std::unique_ptr<Trainer> (*)(const Ensemble& ensemble);

  EnsembleModel(const ModelOptions& options, std::unique_ptr<const OutputHead> head,
                MakeTrainer make_trainer);

  std::int64_t members() const override { return ensemble_.options.members; }
  const std::vector<std::int64_t>& elites() const override { return ensemble_.elites; }
  Forecast Predict(const at::Tensor& inputs) const override;
  Forecast PredictRows(const at::Tensor& inputs,
                       std::span<const std::int64_t> members) const override;
  Forecast PredictRowsWithGraph(const at::Tensor& inputs, const at::Tensor& members) const override;
  TrainReport Train(const Dataset& data) override;
  void Save(StateDict& state, SaveScope scope) const override;
  void Load(const StateDict& state, SaveScope scope) override;

  const Ensemble& ensemble() const noexcept { return ensemble_; }

 private:
  Trainer& trainer() const;

  Ensemble ensemble_;
  MakeTrainer make_trainer_;
  /// Made when first needed: who only predicts has no use for moments.
  mutable std::unique_ptr<Trainer> trainer_ = {};
};

}  // namespace dyna::dynamics
