#pragma once

#include <cstdint>
#include <vector>

#include "actors/envs/environment.hpp"
#include "common/core/rng.hpp"
#include "common/nn/policy.hpp"
#include "model_server/diagnostics/open_loop.hpp"

namespace dyna::cli {

/// One episode of `environment`, from a reset to its end or `steps_max`, by the exploring policy.
diagnostics::Trajectory PlayEpisode(envs::Environment& environment, const nn::Policy& policy,
                                    double epsilon, std::int64_t steps_max, Rng& rng);

}  // namespace dyna::cli
