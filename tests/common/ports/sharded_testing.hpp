#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/ports/sharded_replay_port.hpp"
#include "replay/replay_shard.hpp"
#include "tests/replay/replay_testing.hpp"
#include "tests/support/flaky_replay.hpp"

namespace dyna::testing_support {

using replay::kTestShape;
using replay::MarkedRows;
using replay::MarkOf;
using replay::ReplayShard;
using replay::RowIntact;
using replay::TableOptions;

/// Shards with one table "t" behind a ShardedReplayPort, each behind a network that can fail.
/// Shard k has the tag 10 * (k + 1).
class Cluster {
 public:
  explicit Cluster(int count, TableOptions options = {.capacity = 1000, .shape = kTestShape},
                   std::uint64_t seed = 1)
      : options_(std::move(options)), seed_(seed), port(seed) {
    for (int k = 0; k < count; ++k) AddShard();
  }

  void AddShard() {
    const std::size_t k = shards.size();
    shards.push_back(NewShard(k, 1));
    lives_.push_back(1);
    links.push_back(std::make_unique<FlakyReplay>(*shards[k]));
    port.AddShard(TagOfShard(k), "replay-" + std::to_string(k), *links[k]);
  }
  /// A new life of shard k with the rows of `state`, or none.
  void Restart(std::size_t k, const StateDict* state) {
    auto restarted = NewShard(k, ++lives_[k]);
    if (state != nullptr) restarted->Load(*state);
    *shards[k] = std::move(*restarted);
  }
  static ShardTag TagOfShard(std::size_t k) { return static_cast<ShardTag>(10 * (k + 1)); }

  /// Straight into shard k, past the port.
  void Put(std::size_t k, int first, std::int64_t count, std::uint64_t version = 0) {
    ASSERT_TRUE(shards[k]->Append("t", MarkedRows(first, count, version)).ok());
  }

 private:
  std::unique_ptr<ReplayShard> NewShard(std::size_t k, std::uint64_t life) const {
    ReplayShard::Options options{.tables = {{"t", options_}}, .incarnation = life};
    return std::make_unique<ReplayShard>(options, seed_ * 1000 + k);
  }

  TableOptions options_;
  std::uint64_t seed_;
  std::vector<std::uint64_t> lives_;

 public:
  std::vector<std::unique_ptr<ReplayShard>> shards;
  std::vector<std::unique_ptr<FlakyReplay>> links;
  ShardedReplayPort port;
};

}  // namespace dyna::testing_support
