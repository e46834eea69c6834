#include <memory>
#include <utility>

#include "cli/bench/bench_case.hpp"
#include "cli/bench/bench_shapes.hpp"
#include "cli/bench/random_policy.hpp"
#include "cli/bench/random_rows.hpp"
#include "common/core/check.hpp"
#include "common/nn/policy.hpp"
#include "replay/replay_shard.hpp"

namespace dyna::cli {
namespace {

constexpr TransitionShape kShape = {kObs, kActions};

std::shared_ptr<replay::ReplayShard> FullShard() {
  auto shard = std::make_shared<replay::ReplayShard>(
      replay::ReplayShard::Options{.tables = {{"t", {.capacity = kTableRows, .shape = kShape}}}},
      1);
  DYNA_CHECK(shard->Append("t", RandomRows(kTableRows, kShape, 0)).ok());
  return shard;
}

std::function<double()> Acting(std::int64_t rows) {
  return [policy = std::make_shared<nn::Policy>(RandomPolicy()),
          obs = RandomRows(rows, kShape, 0).obs, rng = Rng(1, "act")]() mutable {
    return static_cast<double>(policy->Act(obs, /*deterministic=*/false, 0.0, rng).rows());
  };
}

}  // namespace

std::vector<BenchCase> ReplayCases() {
  const auto shard = FullShard();
  auto append = [shard, rows = RandomRows(kBatch, kShape, 0)] {
    DYNA_CHECK(shard->Append("t", rows).ok());
    return static_cast<double>(kBatch);
  };
  auto sample = [shard] {
    return static_cast<double>(shard->Sample({.table = "t", .rows = kBatch}).value().rows.size());
  };
  auto read = [shard] {
    const std::uint64_t newest = shard->Counters("t").value().inserted;
    return static_cast<double>(shard->ReadSince("t", newest - kBatch, kBatch).value().rows.size());
  };
  return {
      {.key = "replay_append_rows_per_s", .ours = append},
      {.key = "replay_sample_rows_per_s", .ours = sample},
      {.key = "replay_read_rows_per_s", .ours = read},
      {.key = "actor_actions_per_s_batch_1", .gflop = 2e-9 * PolicyMacs(), .ours = Acting(1)},
      {.key = "actor_actions_per_s_batch_256", .gflop = 2e-9 * PolicyMacs(), .ours = Acting(256)}};
}

}  // namespace dyna::cli
