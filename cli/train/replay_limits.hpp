#pragma once

#include "common/config/config.hpp"
#include "common/core/env_spec.hpp"
#include "learner/learner.hpp"
#include "model_server/imagination/imaginer.hpp"
#include "replay/replay_shard.hpp"

namespace dyna::cli {

/// The tables of a run with the limits that keep Dyna's ratios (promise P4):
///   real       rows sampled <= updates_per_step * real rows per batch, per real row after
///              learning_starts, with a slack of one real step
///   synthetic  rows appended <= the schedule's longest rollouts per real row, with a slack of
///              one round of imagination
/// `imagination` is null when there is none.
replay::ReplayShard::Options MakeReplayOptions(Config& config, const EnvSpec& spec,
                                               const learner::Learner::Options& learner,
                                               const imagination::Imaginer::Options* imagination);

/// For a run whose rows are all there from the start: nothing waits.
void LiftLimits(replay::ReplayShard::Options& options);

}  // namespace dyna::cli
