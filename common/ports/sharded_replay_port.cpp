#include "common/ports/sharded_replay_port.hpp"

#include <algorithm>
#include <utility>

#include "common/core/check.hpp"

namespace dyna {

ShardedReplayPort::ShardedReplayPort(std::uint64_t seed)
    : appender_(shards_), sampler_(shards_, seed), reader_(shards_) {
  shards_.set_on_new_life([this](const std::string& table, ShardTag shard, std::uint64_t restored) {
    reader_.OnNewLife(table, shard, restored);
  });
}

void ShardedReplayPort::AddShard(ShardTag tag, std::string name, ReplayPort& port) {
  shards_.Add(tag, std::move(name), port);
}

Status ShardedReplayPort::Append(const std::string& table, const TransitionBatch& rows) {
  return appender_.Append(table, rows);
}

Result<SampleBatch> ShardedReplayPort::Sample(const SampleRequest& request) {
  return sampler_.Sample(request);
}

Result<ReadBatch> ShardedReplayPort::ReadSince(const std::string& table, std::uint64_t cursor,
                                               std::int64_t rows_max) {
  return reader_.Read(table, cursor, rows_max);
}

Status ShardedReplayPort::UpdatePriorities(const std::string& table,
                                           const std::vector<std::uint64_t>& ids,
                                           const std::vector<double>& priorities) {
  if (ids.size() != priorities.size()) {
    return Error{ErrorCode::kInvalidArgument,
                 "replay table '" + table + "': " + std::to_string(ids.size()) + " ids with " +
                     std::to_string(priorities.size()) + " priorities"};
  }
  Status first = Done{};
  for (const ShardSet::Shard& shard : shards_.shards()) {
    std::vector<std::uint64_t> mine;
    std::vector<double> values;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (TagOf(ids[i]) != shard.tag) continue;
      mine.push_back(IdWithinShard(ids[i]));
      values.push_back(priorities[i]);
    }
    if (mine.empty()) continue;
    const Status updated = shard.port->UpdatePriorities(table, mine, values);
    if (!updated.ok() && first.ok()) first = shard.Named(updated.error());
  }
  return first;
}

Status ShardedReplayPort::SetCapacity(const std::string& table, std::int64_t capacity) {
  if (Status any = shards_.RequireAny(); !any.ok()) return any;
  const auto count = static_cast<std::int64_t>(size());
  Status first = Done{};
  for (std::int64_t i = 0; i < count; ++i) {
    const ShardSet::Shard& shard = shards_.shards()[static_cast<std::size_t>(i)];
    const std::int64_t share = capacity / count + (i < capacity % count ? 1 : 0);
    const Status set =
        shard.port->SetCapacity(table, capacity < 1 ? capacity : std::max<std::int64_t>(1, share));
    if (!set.ok() && first.ok()) first = shard.Named(set.error());
  }
  return first;
}

Status ShardedReplayPort::EvictStale(const std::string& table, std::uint64_t version_min) {
  return shards_.EvictStale(table, version_min);
}

Status ShardedReplayPort::Grant(const std::string& table, const GrantOrder& /*order*/) {
  return Error{ErrorCode::kInvalidArgument, "replay table '" + table +
                                                "': a grant is for one shard, not for all " +
                                                std::to_string(size())};
}

Result<TableCounters> ShardedReplayPort::Counters(const std::string& table) {
  const Status heard = shards_.Refresh(table);
  for (const ShardSet::Shard& shard : shards_.shards()) {
    const auto found = shard.tables.find(table);
    if (found == shard.tables.end() || !found->second.tally.known()) return heard.error();
  }
  if (shards_.shards().empty()) return heard.error();
  return shards_.Sum(table);
}

void ShardedReplayPort::Save(StateDict& state) const {
  DYNA_CHECK_MSG(flushed(), "saved with rows that no shard has yet");
  const auto part = [&state](const char* prefix, const auto& member) {
    StateDict inner;
    member.Save(inner);
    state.Merge(prefix, std::move(inner));
  };
  part("shards/", shards_);
  part("sampler/", sampler_);
  part("reader/", reader_);
}

void ShardedReplayPort::Load(const StateDict& state) {
  shards_.Load(state.Sub("shards/"));
  sampler_.Load(state.Sub("sampler/"));
  reader_.Load(state.Sub("reader/"));
}

}  // namespace dyna
