// Replay in one thread, rows of Hopper's size. The cost of a sample must not depend on capacity
// beyond what caches can hold.

#include <benchmark/benchmark.h>

#include "replay/replay_shard.hpp"

namespace dyna::replay {
namespace {

constexpr TransitionShape kHopper{.obs_columns = 11, .action_columns = 3};

TransitionBatch Rows(std::int64_t count) {
  TransitionBatch rows = TransitionBatch::Zeros(count, kHopper);
  rows.obs.setRandom();
  rows.next_obs.setRandom();
  rows.action.setRandom();
  return rows;
}

ReplayShard FullShard(std::int64_t capacity, bool prioritized) {
  const TableOptions options{.capacity = capacity, .shape = kHopper, .prioritized = prioritized};
  ReplayShard shard({.tables = {{"t", options}}}, 1);
  const TransitionBatch rows = Rows(10'000);
  for (std::int64_t filled = 0; filled < capacity; filled += rows.size()) {
    DYNA_CHECK(shard.Append("t", rows).ok());
  }
  return shard;
}

void BM_Append(benchmark::State& state) {
  ReplayShard shard = FullShard(1'000'000, state.range(1) != 0);
  const TransitionBatch rows = Rows(state.range(0));
  for (auto _ : state) DYNA_CHECK(shard.Append("t", rows).ok());
  state.SetItemsProcessed(state.iterations() * rows.size());
}
BENCHMARK(BM_Append)->ArgNames({"rows", "prioritized"})->ArgsProduct({{1, 256, 10'000}, {0, 1}});

void BM_Sample(benchmark::State& state) {
  ReplayShard shard = FullShard(state.range(0), false);
  for (auto _ : state) benchmark::DoNotOptimize(shard.Sample({.table = "t", .rows = 256}));
  state.SetItemsProcessed(state.iterations() * 256);
}
BENCHMARK(BM_Sample)->ArgName("capacity")->Arg(10'000)->Arg(100'000)->Arg(1'000'000);

void BM_SamplePrioritized(benchmark::State& state) {
  ReplayShard shard = FullShard(state.range(0), true);
  const std::vector<double> priorities(256, 0.5);
  for (auto _ : state) {
    const auto sample =
        shard.Sample({.table = "t", .rows = 256, .prioritized = true, .importance_beta = 0.4});
    DYNA_CHECK(shard.UpdatePriorities("t", sample.value().ids, priorities).ok());
  }
  state.SetItemsProcessed(state.iterations() * 256);
}
BENCHMARK(BM_SamplePrioritized)->ArgName("capacity")->Arg(10'000)->Arg(100'000)->Arg(1'000'000);

}  // namespace
}  // namespace dyna::replay

BENCHMARK_MAIN();
