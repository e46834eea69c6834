#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/ports/episode_router.hpp"
#include "common/ports/shard_set.hpp"

namespace dyna {

/// Appends to shards by episode, each row exactly once.
///
/// A batch whose rows go to several shards cannot be all or nothing there. So a batch is *taken*
/// as soon as one shard has, or may have, some of its rows (a time-out says neither); what is
/// left of it is kept here and sent again, the same rows to the same shard, before anything else
/// of that table is taken. At most one batch per table is kept, hence bounded memory.
class ShardedAppender {
 public:
  explicit ShardedAppender(ShardSet& shards) : shards_(shards) {}

  /// Done: taken. An error: not one row was taken, and the message is about these rows or about
  /// those that are still kept.
  Status Append(const std::string& table, const TransitionBatch& rows);
  /// Sends what is kept, of every table; the first error if some is left.
  Status Flush();
  /// Nothing is kept.
  bool idle() const noexcept { return kept_.empty(); }

 private:
  struct Piece {
    ShardTag shard = 0;
    TransitionBatch rows = {};
  };

  Status SendKept(const std::string& table);
  Status Send(const std::string& table, ShardTag shard, const TransitionBatch& rows);
  std::map<ShardTag, std::vector<std::int64_t>> RowsByShard(const std::string& table,
                                                            const TransitionBatch& rows);
  void CloseEpisodes(const std::string& table, const TransitionBatch& rows);

  ShardSet& shards_;
  std::map<std::string, EpisodeRouter> routers_;
  std::map<std::string, std::vector<Piece>> kept_;  ///< no empty entries
};

}  // namespace dyna
