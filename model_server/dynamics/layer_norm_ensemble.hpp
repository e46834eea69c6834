#pragma once

#include <memory>

#include "model_server/dynamics/dynamics_model.hpp"

namespace dyna::dynamics {

/// Smooth members with normalised layers, one noise level each and a Bayesian bootstrap: the model
/// of DHMBPO (Kubo et al. 2025, official code), whose long rollouts stay bounded.
std::unique_ptr<DynamicsModel> MakeLayerNormEnsemble(const ModelOptions& options);

}  // namespace dyna::dynamics
