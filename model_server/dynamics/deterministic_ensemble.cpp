#include "model_server/dynamics/deterministic_ensemble.hpp"

#include <torch/torch.h>

#include "model_server/dynamics/ensemble_model.hpp"
#include "model_server/dynamics/ensemble_trainer.hpp"
#include "model_server/dynamics/mean_head.hpp"

namespace dyna::dynamics {

std::unique_ptr<DynamicsModel> MakeDeterministicEnsemble(const ModelOptions& options) {
  return std::make_unique<EnsembleModel>(options, std::make_unique<MeanHead>(),
                                         EnsembleTrainer::Make);
}

}  // namespace dyna::dynamics
