#pragma once

#include <string>

#include "cli/data/column.hpp"
#include "common/core/env_spec.hpp"
#include "common/core/transition_batch.hpp"

namespace dyna::cli {

/// One set of arrays as rows of `spec`'s environment. `label` ("'demo.npz'") stands for the file in
/// errors. DataError for a missing key, a wrong shape, lengths that differ, a number that is not
/// finite, an action that the environment does not have, or a flag that is neither 0 nor 1.
///   observations       [N,O], or [N+1,O] if `minari` (the last is the end of the episode)
///   actions            [N,A], or [N] if A is 1
///   rewards            [N]
///   next_observations  [N,O]; not in Minari's files
///   terminals | terminations, timeouts | truncations  [N], or [N,1]
/// Provenance: a new episode begins behind a row that ends one, and where a row's observation is
/// not what the row before it led to. The first is number `episode`.
TransitionBatch ToRows(const Columns& columns, bool minari, const EnvSpec& spec,
                       const std::string& label, std::uint64_t episode);

/// In D4RL's names; a discrete action as an integer.
Columns ToColumns(const TransitionBatch& rows, const EnvSpec& spec);

}  // namespace dyna::cli
