#include "common/ports/shard_tally.hpp"

#include <array>
#include <span>
#include <vector>

namespace dyna {

ShardTally::News ShardTally::Update(const TableCounters& counters) {
  if (known_ && counters.incarnation == latest_.incarnation) {
    // Counts of one life only grow, so any one that is smaller tells an older snapshot.
    const bool older = counters.inserted < latest_.inserted || counters.grants < latest_.grants ||
                       counters.sampled < latest_.sampled ||
                       counters.evicted_capacity < latest_.evicted_capacity ||
                       counters.evicted_stale < latest_.evicted_stale;
    if (older) return News::kStale;
    latest_ = counters;
    return News::kUpdate;
  }
  if (known_ && counters.incarnation < latest_.incarnation) return News::kStale;
  if (counters.restored < latest_.inserted) lost_ += latest_.inserted - counters.restored;
  latest_ = counters;
  known_ = true;
  return News::kNewLife;
}

void ShardTally::Save(StateDict& state) const {
  state.Put("tally", std::vector<std::uint64_t>{known_ ? 1U : 0U, lost_, latest_.incarnation,
                                                latest_.inserted, latest_.grants, latest_.granted,
                                                latest_.restored});
}

void ShardTally::Load(const StateDict& state) {
  std::array<std::uint64_t, 7> saved{};
  state.GetInto("tally", std::span<std::uint64_t>(saved));
  known_ = saved[0] != 0;
  lost_ = saved[1];
  latest_ = {.inserted = saved[3],
             .incarnation = saved[2],
             .restored = saved[6],
             .grants = saved[4],
             .granted = saved[5]};
}

}  // namespace dyna
