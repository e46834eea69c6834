#include "common/ports/sharded_appender.hpp"

#include <optional>
#include <utility>

namespace dyna {

Status ShardedAppender::Append(const std::string& table, const TransitionBatch& rows) {
  if (Status any = shards_.RequireAny(); !any.ok()) return any;
  if (const auto fault = rows.Fault()) {
    // Now, while it can still be refused as a whole.
    return Error{ErrorCode::kInvalidArgument, "replay table '" + table + "': " + *fault};
  }
  if (Status sent = SendKept(table); !sent.ok()) return sent;
  if (rows.size() == 0) return Done{};

  const auto by_shard = RowsByShard(table, rows);
  std::vector<Piece> left;
  std::optional<Error> first;
  bool taken = false;
  for (const auto& [shard, indices] : by_shard) {
    const bool whole = by_shard.size() == 1;
    TransitionBatch piece = whole ? TransitionBatch() : rows.Select(indices);
    const Status sent = Send(table, shard, whole ? rows : piece);
    taken = taken || sent.ok() || sent.error().code == ErrorCode::kTimeout;
    if (sent.ok()) continue;
    if (!first) first = sent.error();
    if (whole) piece = rows;
    left.push_back({.shard = shard, .rows = std::move(piece)});
  }
  if (!taken) return *first;
  CloseEpisodes(table, rows);
  if (!left.empty()) kept_[table] = std::move(left);
  return Done{};
}

Status ShardedAppender::Flush() {
  Status all = Done{};
  std::vector<std::string> tables;
  for (const auto& [table, pieces] : kept_) tables.push_back(table);
  for (const std::string& table : tables) {
    if (Status sent = SendKept(table); !sent.ok() && all.ok()) all = std::move(sent);
  }
  return all;
}

Status ShardedAppender::SendKept(const std::string& table) {
  const auto kept = kept_.find(table);
  if (kept == kept_.end()) return Done{};
  Status all = Done{};
  std::vector<Piece> left;
  for (Piece& piece : kept->second) {
    Status sent = Send(table, piece.shard, piece.rows);
    if (sent.ok()) continue;
    if (all.ok()) all = std::move(sent);
    left.push_back(std::move(piece));
  }
  if (left.empty()) {
    kept_.erase(kept);
  } else {
    kept->second = std::move(left);
  }
  return all;
}

Status ShardedAppender::Send(const std::string& table, ShardTag shard,
                             const TransitionBatch& rows) {
  const ShardSet::Shard& to = *shards_.Find(shard);
  Status sent = to.port->Append(table, rows);
  if (!sent.ok()) return to.Named(sent.error());
  return sent;
}

std::map<ShardTag, std::vector<std::int64_t>> ShardedAppender::RowsByShard(
    const std::string& table, const TransitionBatch& rows) {
  std::vector<ShardTag> tags;
  for (const ShardSet::Shard& shard : shards_.shards()) tags.push_back(shard.tag);
  EpisodeRouter& router = routers_[table];
  std::map<ShardTag, std::vector<std::int64_t>> by_shard;
  for (std::int64_t row = 0; row < rows.size(); ++row) {
    by_shard[router.Route(rows.provenance[static_cast<std::size_t>(row)], tags)].push_back(row);
  }
  return by_shard;
}

void ShardedAppender::CloseEpisodes(const std::string& table, const TransitionBatch& rows) {
  EpisodeRouter& router = routers_[table];
  for (std::int64_t row = 0; row < rows.size(); ++row) {
    if (rows.terminated[row] == 0.0F && rows.truncated[row] == 0.0F) continue;
    router.Close(rows.provenance[static_cast<std::size_t>(row)]);
  }
}

}  // namespace dyna
