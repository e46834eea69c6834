#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "common/core/state_dict.hpp"
#include "common/ports/replay_port.hpp"
#include "common/ports/row_id.hpp"
#include "common/ports/shard_tally.hpp"

namespace dyna {

/// The shards behind a ShardedReplayPort: their ports, what each last said of its tables, and
/// the oldest model version that each must keep to. Borrows the ports.
class ShardSet {
 public:
  struct Table {
    ShardTally tally = {};
    std::uint64_t version_min = 0;  ///< delivered to this life of the shard
  };
  struct Shard {
    ShardTag tag = 0;
    std::string name = {};
    ReplayPort* port = nullptr;
    std::map<std::string, Table> tables = {};

    /// "shard 'NAME': MESSAGE".
    Error Named(const Error& error) const;
  };
  /// A table of shard `tag` was heard of for the first time, or for the first time after a
  /// restart, and has kept the rows below id `restored`.
  using NewLife =
      std::function<void(const std::string& table, ShardTag tag, std::uint64_t restored)>;

  /// Tags and names differ from those of the others.
  void Add(ShardTag tag, std::string name, ReplayPort& port);
  void set_on_new_life(NewLife listener) { on_new_life_ = std::move(listener); }

  /// In the order of their tags.
  const std::vector<Shard>& shards() const noexcept { return shards_; }
  std::vector<Shard>& shards() noexcept { return shards_; }
  /// Null if there is none.
  Shard* Find(ShardTag tag) noexcept;
  /// kBackpressure that says so while there is no shard.
  Status RequireAny() const;

  /// Asks every shard for its counters; one that joined, restarted or did not answer since the
  /// oldest model version was raised is told of it. The first error, after all were asked.
  Status Refresh(const std::string& table);
  /// Sums of what was last heard. inserted() rows include those lost in restarts.
  TableCounters Sum(const std::string& table) const;

  /// Raises the oldest model version that the table may hold, and delivers it.
  Status EvictStale(const std::string& table, std::uint64_t version_min);

  void Save(StateDict& state) const;
  /// After the same shards were added.
  void Load(const StateDict& state);

 private:
  Status Hear(const std::string& table, Shard& shard);
  Status DeliverVersion(const std::string& table, Shard& shard);

  std::vector<Shard> shards_;
  std::map<std::string, std::uint64_t> version_min_;  ///< by table
  NewLife on_new_life_;
};

}  // namespace dyna
