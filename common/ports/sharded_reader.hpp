#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "common/ports/shard_set.hpp"

namespace dyna {

/// Reads a table's rows in order over its shards, with cursors that look like those of one table.
///
/// A cursor stands for one cursor per shard. Its value is the number of rows before it (those
/// lost in a shard's restart included), so 0 is the beginning and the sum of the shards' counts
/// the end. The cursors that Read() has returned are remembered and go on exactly where they
/// ended: every row once, each shard's rows in its order. Any other value, such as "1000 before
/// the end", stands for the newest rows of each shard in proportion to what it has taken.
///
/// The last kCursorsMax returned ones are remembered: a reader that goes on is always among
/// them, and saved ones are valid after Load().
class ShardedReader {
 public:
  static constexpr std::size_t kCursorsMax = 256;

  explicit ShardedReader(ShardSet& shards) : shards_(shards) {}

  /// Shards take turns. One that does not answer is passed over, its rows come later; its error
  /// is returned only if no other shard had anything.
  Result<ReadBatch> Read(const std::string& table, std::uint64_t cursor, std::int64_t rows_max);

  /// A shard lost its rows from id `restored` on: rows that get those ids now are others.
  void OnNewLife(const std::string& table, ShardTag shard, std::uint64_t restored);

  void Save(StateDict& state) const;
  void Load(const StateDict& state);

 private:
  /// What one virtual cursor stands for.
  struct Split {
    std::map<ShardTag, std::uint64_t> next = {};  ///< by shard; absent = 0
    std::uint64_t turn = 0;                       ///< which shard reads first
    bool operator==(const Split&) const = default;
  };
  struct Book {
    std::map<std::uint64_t, Split> splits = {};
    std::deque<std::uint64_t> order = {};  ///< the keys of `splits`, oldest first
  };

  Result<Split> Find(const std::string& table, std::uint64_t cursor);
  Result<Split> NewestRows(const std::string& table, std::uint64_t cursor) const;
  Status ReadShards(const std::string& table, std::int64_t rows_max, Split& split,
                    std::vector<ReadBatch>& parts);
  std::uint64_t Issue(const std::string& table, const Split& split);

  ShardSet& shards_;
  std::map<std::string, Book> books_;
};

}  // namespace dyna
