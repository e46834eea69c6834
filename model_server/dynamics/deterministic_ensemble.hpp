#pragma once

#include <memory>

#include "model_server/dynamics/dynamics_model.hpp"

namespace dyna::dynamics {

/// Members that predict a point, as in the CS285 course (homework 4, 2023): the spread between
/// members is the only uncertainty.
std::unique_ptr<DynamicsModel> MakeDeterministicEnsemble(const ModelOptions& options);

}  // namespace dyna::dynamics
