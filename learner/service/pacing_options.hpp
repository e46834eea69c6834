#pragma once

#include "common/config/config.hpp"
#include "learner/learner.hpp"
#include "learner/pacing/pacer.hpp"

namespace dyna::learner {

/// Whether the config asks for imagined rows: whether the rollout schedule ever rises above 0.
bool Imagines(Config& config);

/// How far actors and imagination may run ahead, from the same keys as the in-process trainer's
/// limits: what one model training earns is one round of imagination.
Pacer::Options PacingOptions(Config& config, const Learner::Options& learner);

}  // namespace dyna::learner
