#pragma once

#include <vector>

#include "cli/render/recording.hpp"
#include "cli/run_source.hpp"
#include "common/config/config.hpp"
#include "common/core/env_spec.hpp"

namespace dyna::cli {

/// What the run's model believes follows from the first observation of `episode` under the same
/// actions, never corrected: the mean of the elites' means, step after step. Observations [K+1][O],
/// the first one real; K < T where a prediction becomes absurd. OperatorError when the run has no
/// model, or has not trained it yet.
std::vector<std::vector<double>> Imagine(const RunSource& run, Config& config, const EnvSpec& spec,
                                         const Episode& episode);

}  // namespace dyna::cli
