#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/core/matrix.hpp"

namespace dyna {

/// Where a row comes from. A real row has model_version 0 and rollout_depth 0.
struct Provenance {
  std::uint64_t episode = 0;         ///< of its producer
  std::uint64_t policy_version = 0;  ///< policy that chose the action; 0 = random
  std::uint64_t model_version = 0;   ///< dynamics model that made a synthetic row
  std::uint32_t producer = 0;        ///< actor or imagination worker
  std::uint32_t step = 0;            ///< in its episode, from 0
  std::uint32_t rollout_depth = 0;   ///< 1 = first imagined step from a real state
  bool operator==(const Provenance&) const = default;
};

/// Sizes of one row.
struct TransitionShape {
  std::int64_t obs_columns = 0;
  std::int64_t action_columns = 0;
  bool operator==(const TransitionShape&) const = default;
};

/// B environment steps, real or imagined, as columns.
struct TransitionBatch {
  RowMatrix obs = {};       ///< [B,O] raw, unnormalised
  RowMatrix action = {};    ///< [B,A] in environment units, after clipping; an index if discrete
  FloatVector reward = {};  ///< [B] undiscounted
  RowMatrix next_obs = {};  ///< [B,O] last observation of the episode, never the reset one
  FloatVector terminated = {};              ///< [B] 1: the MDP ended, the bootstrap is cut
  FloatVector truncated = {};               ///< [B] 1: a time limit was hit, the bootstrap is kept
  std::vector<Provenance> provenance = {};  ///< [B]

  std::int64_t size() const noexcept { return reward.size(); }
  TransitionShape shape() const noexcept { return {obs.cols(), action.cols()}; }
  /// B rows of unspecified values, for who writes every one.
  static TransitionBatch Uninitialised(std::int64_t rows, TransitionShape shape);
  /// B rows of zeros.
  static TransitionBatch Zeros(std::int64_t rows, TransitionShape shape);
  /// The rows of every part, in order. Their shapes must agree; at least one part.
  static TransitionBatch Concatenate(std::span<const TransitionBatch* const> parts);
  /// The rows at `rows`, in that order; a row may come more than once.
  TransitionBatch Select(std::span<const std::int64_t> rows) const;
  /// Why no table would take the rows: columns that differ in length, a flag that is neither 0
  /// nor 1, a number that is not finite. For batches that come from others.
  std::optional<std::string> Fault() const;
  /// Aborts unless every column has size() rows.
  void CheckConsistent() const;
  /// True iff obs, action, reward and next_obs of `row` are all finite.
  bool RowFinite(std::int64_t row) const noexcept;
  /// Copies row `from` of `source` over row `to`. Shapes must agree.
  void SetRow(std::int64_t to, const TransitionBatch& source, std::int64_t from);
};

}  // namespace dyna
