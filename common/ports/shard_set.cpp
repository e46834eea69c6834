#include "common/ports/shard_set.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace dyna {
namespace {

constexpr const char* kVersionMin = "version_min/";

/// Keeps the first error of several attempts.
class FirstError {
 public:
  void Note(const ShardSet::Shard& shard, const Error& error) {
    if (!error_) error_ = shard.Named(error);
  }
  Status status() const {
    if (error_) return *error_;
    return Done{};
  }

 private:
  std::optional<Error> error_;
};

std::uint64_t SaturatingSum(std::uint64_t a, std::uint64_t b) {
  return a > kRowsUnlimited - b ? kRowsUnlimited : a + b;
}

std::string Prefix(const ShardSet::Shard& shard, const std::string& table) {
  return std::to_string(shard.tag) + "/" + table + "/";
}

}  // namespace

Error ShardSet::Shard::Named(const Error& error) const {
  return {error.code, "shard '" + name + "': " + error.message};
}

void ShardSet::Add(ShardTag tag, std::string name, ReplayPort& port) {
  for (const Shard& shard : shards_) {
    DYNA_CHECK_MSG(shard.tag != tag && shard.name != name, "shard '" << name << "' (" << tag
                                                                     << ") beside '" << shard.name
                                                                     << "' (" << shard.tag << ")");
  }
  const auto at = std::find_if(shards_.begin(), shards_.end(),
                               [tag](const Shard& shard) { return shard.tag > tag; });
  shards_.insert(at, {.tag = tag, .name = std::move(name), .port = &port, .tables = {}});
}

ShardSet::Shard* ShardSet::Find(ShardTag tag) noexcept {
  const auto at = std::find_if(shards_.begin(), shards_.end(),
                               [tag](const Shard& shard) { return shard.tag == tag; });
  return at == shards_.end() ? nullptr : &*at;
}

Status ShardSet::RequireAny() const {
  if (!shards_.empty()) return Done{};
  return Error{ErrorCode::kBackpressure, "replay: no shard has been found yet"};
}

Status ShardSet::Refresh(const std::string& table) {
  if (Status any = RequireAny(); !any.ok()) return any;
  FirstError first;
  for (Shard& shard : shards_) {
    Status heard = Hear(table, shard);
    if (heard.ok() && shard.tables[table].version_min < version_min_[table]) {
      heard = DeliverVersion(table, shard);
      if (heard.ok()) heard = Hear(table, shard);  // it may hold fewer rows now
    }
    if (!heard.ok()) first.Note(shard, heard.error());
  }
  return first.status();
}

Status ShardSet::Hear(const std::string& table, Shard& shard) {
  const auto counters = shard.port->Counters(table);
  if (!counters.ok()) return counters.error();
  Table& entry = shard.tables[table];
  if (entry.tally.Update(counters.value()) != ShardTally::News::kNewLife) return Done{};
  entry.version_min = 0;
  if (on_new_life_) on_new_life_(table, shard.tag, counters.value().restored);
  return Done{};
}

Status ShardSet::DeliverVersion(const std::string& table, Shard& shard) {
  const std::uint64_t version_min = version_min_[table];
  Status evicted = shard.port->EvictStale(table, version_min);
  if (evicted.ok()) shard.tables[table].version_min = version_min;
  return evicted;
}

TableCounters ShardSet::Sum(const std::string& table) const {
  TableCounters sum{.granted = 0};
  for (const Shard& shard : shards_) {
    const auto found = shard.tables.find(table);
    if (found == shard.tables.end()) continue;
    const ShardTally& tally = found->second.tally;
    const TableCounters& latest = tally.latest();
    sum.size += latest.size;
    sum.capacity += latest.capacity;
    sum.inserted += tally.total();
    sum.sampled += latest.sampled;
    sum.evicted_capacity += latest.evicted_capacity;
    sum.evicted_stale += latest.evicted_stale;
    sum.priority_total += latest.priority_total;
    sum.granted = SaturatingSum(sum.granted, SaturatingSum(tally.lost(), latest.granted));
  }
  return sum;
}

Status ShardSet::EvictStale(const std::string& table, std::uint64_t version_min) {
  if (Status any = RequireAny(); !any.ok()) return any;
  version_min_[table] = std::max(version_min_[table], version_min);
  FirstError first;
  for (Shard& shard : shards_) {
    if (shard.tables[table].version_min >= version_min_[table]) continue;
    if (const Status told = DeliverVersion(table, shard); !told.ok()) {
      first.Note(shard, told.error());
    }
  }
  return first.status();
}

void ShardSet::Save(StateDict& state) const {
  for (const auto& [table, version_min] : version_min_) {
    state.PutScalar<std::uint64_t>(kVersionMin + table, version_min);
  }
  for (const Shard& shard : shards_) {
    for (const auto& [table, entry] : shard.tables) {
      StateDict part;
      entry.tally.Save(part);
      state.Merge(Prefix(shard, table), std::move(part));
    }
  }
}

void ShardSet::Load(const StateDict& state) {
  version_min_.clear();
  const StateDict versions = state.Sub(kVersionMin);
  for (const auto& [table, array] : versions.arrays()) {
    version_min_[table] = versions.GetScalar<std::uint64_t>(table);
  }
  for (Shard& shard : shards_) {
    shard.tables.clear();
    const StateDict mine = state.Sub(std::to_string(shard.tag) + "/");
    for (const auto& [name, array] : mine.arrays()) {
      const std::string table = name.substr(0, name.rfind('/'));
      shard.tables[table].tally.Load(mine.Sub(table + "/"));
    }
  }
}

}  // namespace dyna
