#pragma once

#include <memory>

#include "common/config/config.hpp"
#include "common/core/env_spec.hpp"
#include "common/ports/weights_port.hpp"
#include "learner/algorithms/world_model.hpp"
#include "model_server/dynamics/model_options.hpp"

namespace dyna::cli {

/// The model server's published model as a learner rolls it, with the environment's known
/// termination; `weights` is borrowed. ConfigError for a reward that is not learned: a known one
/// has no derivative here.
std::unique_ptr<learner::WorldModel> MakeModelAdapter(Config& config,
                                                      const dynamics::ModelOptions& options,
                                                      const EnvSpec& spec, WeightsPort& weights);

}  // namespace dyna::cli
