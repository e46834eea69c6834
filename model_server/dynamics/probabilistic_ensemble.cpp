#include "model_server/dynamics/probabilistic_ensemble.hpp"

#include <torch/torch.h>

#include "model_server/dynamics/ensemble_model.hpp"
#include "model_server/dynamics/ensemble_trainer.hpp"
#include "model_server/dynamics/gaussian_head.hpp"

namespace dyna::dynamics {

std::unique_ptr<DynamicsModel> MakeProbabilisticEnsemble(const ModelOptions& options) {
  return std::make_unique<EnsembleModel>(
      options, std::make_unique<GaussianHead>(options.variance_bound_weight),
      EnsembleTrainer::Make);
}

}  // namespace dyna::dynamics
