#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "common/core/rng.hpp"

namespace dyna::dynamics {

/// A random division of rows 0 .. N-1.
struct HoldoutSplit {
  std::vector<std::int64_t> train = {};
  std::vector<std::int64_t> holdout = {};  ///< min(int(fraction * N), rows_max) of them
};
HoldoutSplit SplitHoldout(std::int64_t rows, double fraction, std::int64_t rows_max, Rng& rng);

/// Which rows each member sees, in which order: [E][M] indices into the dataset.
using MemberRows = std::vector<std::vector<std::int64_t>>;

/// With `bootstrap`, M draws with replacement per member; else every row once.
MemberRows DrawMemberRows(std::span<const std::int64_t> train, std::int64_t members, bool bootstrap,
                          Rng& rng);
/// A fresh uniform order.
void Shuffle(std::vector<std::int64_t>& values, Rng& rng);
/// A fresh uniform order for each member.
void ShuffleMemberRows(MemberRows& rows, Rng& rng);

}  // namespace dyna::dynamics
