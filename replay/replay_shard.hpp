#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/core/state_dict.hpp"
#include "common/ports/replay_port.hpp"
#include "replay/table.hpp"

namespace dyna::replay {

/// Named tables of transitions. Single-threaded: one loop owns it; knows no sockets and no
/// clock. Operations, limits and errors are those of ReplayPort; nothing blocks.
class ReplayShard {
 public:
  struct Options {
    std::map<std::string, TableOptions> tables = {};
    std::uint64_t incarnation = 0;  ///< greater than in any earlier life of this shard
  };

  /// ConfigError if a table's options are wrong or could make its producer and its sampler wait
  /// for each other, directly or through a driver table. `seed` gives each table a stream of
  /// its own, so one more table shifts no other's draws.
  ReplayShard(Options options, std::uint64_t seed);

  Status Append(const std::string& table, const TransitionBatch& rows);
  Result<SampleBatch> Sample(const SampleRequest& request);
  Result<ReadBatch> ReadSince(const std::string& table, std::uint64_t cursor,
                              std::int64_t rows_max) const;
  Status UpdatePriorities(const std::string& table, const std::vector<std::uint64_t>& ids,
                          const std::vector<double>& priorities);
  Status SetCapacity(const std::string& table, std::int64_t capacity);
  Status EvictStale(const std::string& table, std::uint64_t version_min);
  Status Grant(const std::string& table, const GrantOrder& order);
  Result<TableCounters> Counters(const std::string& table) const;

  /// Rows, ids, priorities, counts and random streams: a loaded shard goes on bit for bit.
  /// Capacities come from the checkpoint, because they change while running; limits come from
  /// the options; a granted table may keep its rows but waits for a grant to take more. Load throws
  /// CheckpointError and then changes nothing.
  void Save(StateDict& state) const;
  void Load(const StateDict& state);
  /// The same of one table, for a shard that keeps some of its tables on the disk. The table must
  /// exist; the one to be loaded has no driver.
  void SaveTable(const std::string& table, StateDict& state) const;
  void LoadTable(const std::string& table, const StateDict& state);
  /// Ends a restoration, in which a shard without granted tables took back what it had taken in an
  /// earlier life: from now on every table is granted.
  void EndRestoration() noexcept;

 private:
  using Tables = std::map<std::string, std::unique_ptr<Table>>;

  Tables MakeTables() const;
  Table* Find(const std::string& table) const;
  Error Unknown(const std::string& table) const;
  std::string Names() const;

  Options options_;
  std::uint64_t seed_;
  Tables tables_;
};

}  // namespace dyna::replay
