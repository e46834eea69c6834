#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/ports/replay_port.hpp"
#include "common/ports/row_id.hpp"
#include "common/ports/sharded_appender.hpp"
#include "common/ports/sharded_reader.hpp"
#include "common/ports/sharded_sampler.hpp"

namespace dyna {

/// Several shards behind one ReplayPort: any kind of port, local or remote, one per shard.
/// Shards may be added at any time. Borrows the ports; single-threaded.
///
///   Append            all rows of an episode to one shard; see ShardedAppender
///   Sample            over the union of the shards; see ShardedSampler
///   ReadSince         shards in turn, cursors of its own; see ShardedReader
///   UpdatePriorities  to the shards that the ids name (row_id.hpp)
///   SetCapacity       divided over the shards, each at least 1; a shard that joins later keeps its
///                     own until the next call
///   EvictStale        to all; also to those that join or restart later
///   Counters          sums; `inserted` also counts rows that restarted shards lost, so it never
///                     falls. A shard that is silent counts as last heard.
///   Grant             refused: how much each shard may take is decided for each (learner/pacing)
class ShardedReplayPort : public ReplayPort {
 public:
  explicit ShardedReplayPort(std::uint64_t seed);
  ~ShardedReplayPort() override = default;
  ShardedReplayPort(const ShardedReplayPort&) = delete;  // its parts refer to each other
  ShardedReplayPort& operator=(const ShardedReplayPort&) = delete;

  /// Tag and name must differ from the others'. Add a shard when it has answered, not when it is
  /// only configured: sampling waits for all.
  void AddShard(ShardTag tag, std::string name, ReplayPort& port);
  std::size_t size() const noexcept { return shards_.shards().size(); }

  Status Append(const std::string& table, const TransitionBatch& rows) override;
  Result<SampleBatch> Sample(const SampleRequest& request) override;
  Result<ReadBatch> ReadSince(const std::string& table, std::uint64_t cursor,
                              std::int64_t rows_max) override;
  Status UpdatePriorities(const std::string& table, const std::vector<std::uint64_t>& ids,
                          const std::vector<double>& priorities) override;
  Status SetCapacity(const std::string& table, std::int64_t capacity) override;
  Status EvictStale(const std::string& table, std::uint64_t version_min) override;
  Status Grant(const std::string& table, const GrantOrder& order) override;
  Result<TableCounters> Counters(const std::string& table) override;

  /// Sends rows that were taken and could not be delivered yet; kBackpressure or kTimeout if some
  /// still cannot. Call it before the process ends.
  Status Flush() { return appender_.Flush(); }
  /// Every row taken is delivered.
  bool flushed() const noexcept { return appender_.idle(); }

  /// Random stream, read cursors and row counts by shard. Only when flushed().
  void Save(StateDict& state) const;
  /// After the same shards were added.
  void Load(const StateDict& state);

 private:
  ShardSet shards_;
  ShardedAppender appender_;
  ShardedSampler sampler_;
  ShardedReader reader_;
};

}  // namespace dyna
