#pragma once

#include <cstdint>
#include <memory>

#include "common/config/config.hpp"
#include "common/core/env_spec.hpp"
#include "learner/algorithms/algorithm.hpp"
#include "learner/algorithms/tabular/tabular_options.hpp"

namespace dyna::learner::tabular {

/// The tabular learner that `learner.algorithm` names (see TabularAlgorithms()), for an
/// environment whose observation and action are single indices; ConfigError for any other.
std::unique_ptr<Algorithm> MakeTabular(Config& config, const EnvSpec& spec, std::uint64_t seed);

}  // namespace dyna::learner::tabular
