// A table of a snapshot or a checkpoint: the payload of a state, loaded into a shard, which then
// goes on. u8 choice: bit 0 the table has priorities; the payload.

#include "common/checkpoint/state_codec.hpp"
#include "common/core/check.hpp"
#include "common/core/error.hpp"
#include "replay/replay_shard.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/peak_memory.hpp"
#include "tests/fuzz/repair.hpp"

namespace dyna::fuzz {
namespace {

constexpr const char* kTable = "real";
constexpr TransitionShape kShape = {.obs_columns = 2, .action_columns = 1};

/// A table has up to four times as many places as rows, or its first allocation of 1024 places at
/// 88 bytes each, and a sum tree over them; its part of the state is copied on the way.
constexpr MemoryBound kBound = {.fixed_bytes = 256 << 10U, .per_byte = 16};

replay::ReplayShard MakeShard(bool prioritized) {
  const replay::TableOptions table = {.capacity = 64, .shape = kShape, .prioritized = prioritized};
  return {{.tables = {{kTable, table}}, .incarnation = 2}, 7};
}

StateDict Saved(const replay::ReplayShard& shard) {
  StateDict state;
  shard.SaveTable(kTable, state);
  return state;
}

/// What a learner and actors would ask for next; answers may be errors.
void Use(replay::ReplayShard& shard, bool prioritized) {
  (void)shard.Append(kTable, TransitionBatch::Zeros(3, kShape));
  for (const bool by_priority : {false, true}) {
    if (by_priority && !prioritized) continue;
    const auto sample = shard.Sample(
        {.table = kTable, .rows = 4, .prioritized = by_priority, .importance_beta = 0.5});
    if (!sample.ok()) continue;
    sample.value().rows.CheckConsistent();
    if (!by_priority) continue;
    const std::vector<double> priorities(sample.value().ids.size(), 2.0);
    (void)shard.UpdatePriorities(kTable, sample.value().ids, priorities);
  }
  (void)shard.ReadSince(kTable, 0, 8);
  (void)shard.EvictStale(kTable, 1);
  (void)shard.SetCapacity(kTable, 5);
  (void)shard.Append(kTable, TransitionBatch::Zeros(7, kShape));
  DYNA_CHECK(shard.Counters(kTable).ok());
}

}  // namespace

void RunReplayTable(ByteView bytes) {
  Input input(bytes);
  const bool prioritized = input.Choice() % 2 == 1;
  const auto state = DecodeState(StateOf(input.Rest()));
  if (!state.ok()) return;
  auto shard = MakeShard(prioritized);
  const StateDict before = Saved(shard);
  try {
    Bounded(kBound, bytes.size(), [&] {
      shard.LoadTable(kTable, state.value());
      return true;
    });
  } catch (const CheckpointError&) {
    DYNA_CHECK(Saved(shard) == before);
    return;
  }
  const StateDict saved = Saved(shard);
  auto again = MakeShard(prioritized);
  again.LoadTable(kTable, saved);
  DYNA_CHECK(Saved(again) == saved);
  Use(shard, prioritized);
}

}  // namespace dyna::fuzz
