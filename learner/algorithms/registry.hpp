#pragma once

#include <cstdint>
#include <memory>

#include "common/config/config.hpp"
#include "common/core/env_spec.hpp"
#include "learner/algorithms/algorithm.hpp"

namespace dyna::learner {

/// The algorithm that `learner.algorithm` names, its options read from `config`.
/// ConfigError when the name is unknown, a value is out of range, or the algorithm does not fit
/// the spaces of `spec`.
std::unique_ptr<Algorithm> MakeAlgorithm(Config& config, const EnvSpec& spec, std::uint64_t seed);

/// Whether the algorithm that `learner.algorithm` names learns from batches, real and imagined.
/// The tabular ones do not: they read every real step once and plan in a model of their own.
bool LearnsFromBatches(Config& config);

}  // namespace dyna::learner
