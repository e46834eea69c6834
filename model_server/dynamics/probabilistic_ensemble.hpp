#pragma once

#include <memory>

#include "model_server/dynamics/dynamics_model.hpp"

namespace dyna::dynamics {

/// Gaussian members with learned log-variance bounds (Janner et al. 2019; PETS, Chua et al. 2018).
std::unique_ptr<DynamicsModel> MakeProbabilisticEnsemble(const ModelOptions& options);

}  // namespace dyna::dynamics
