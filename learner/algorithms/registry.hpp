#pragma once

#include <cstdint>
#include <memory>

#include "common/config/config.hpp"
#include "common/core/env_spec.hpp"
#include "learner/algorithms/algorithm.hpp"
#include "learner/algorithms/world_model.hpp"

namespace dyna::learner {

/// The algorithm that `learner.algorithm` names, its options read from `config`. `model` is for
/// one that RollsTheModel(); others ignore it.
/// ConfigError when the name is unknown, a value is out of range, or the algorithm does not fit
/// the spaces of `spec`.
std::unique_ptr<Algorithm> MakeAlgorithm(Config& config, const EnvSpec& spec, std::uint64_t seed,
                                         std::unique_ptr<WorldModel> model = nullptr);

/// Whether the algorithm that `learner.algorithm` names learns from batches, real and imagined.
/// The tabular ones do not: they read every real step once and plan in a model of their own.
bool LearnsFromBatches(Config& config);

/// Whether it learns in blocks: nothing until model.train_every real steps have passed, then the
/// model and all updates of these steps. Only `dyna train` can do that.
bool LearnsInBlocks(Config& config);

/// Whether it rolls the dynamics model itself, so that there is a model but no imagination.
bool RollsTheModel(Config& config);

}  // namespace dyna::learner
