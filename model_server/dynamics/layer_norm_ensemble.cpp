#include "model_server/dynamics/layer_norm_ensemble.hpp"

#include <torch/torch.h>

#include "model_server/dynamics/block_trainer.hpp"
#include "model_server/dynamics/ensemble_model.hpp"
#include "model_server/dynamics/homoscedastic_head.hpp"

namespace dyna::dynamics {

std::unique_ptr<DynamicsModel> MakeLayerNormEnsemble(const ModelOptions& options) {
  return std::make_unique<EnsembleModel>(
      options, std::make_unique<HomoscedasticHead>(options.noise_std_min), BlockTrainer::Make);
}

}  // namespace dyna::dynamics
