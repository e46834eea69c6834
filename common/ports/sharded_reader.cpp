#include "common/ports/sharded_reader.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace dyna {
namespace {

// Two ways to have read the same number of rows need two cursors: the second gets these bits.
constexpr std::uint64_t kAnother = std::uint64_t{1} << kShardIdBits;

std::uint64_t Next(const std::map<ShardTag, std::uint64_t>& next, ShardTag shard) {
  const auto found = next.find(shard);
  return found == next.end() ? 0 : found->second;
}

/// Why a shard's answer cannot be used; it may come from another machine. `parts`: of others.
std::optional<std::string> Fault(const ReadBatch& part, std::uint64_t cursor, std::int64_t rows_max,
                                 const std::vector<ReadBatch>& parts) {
  if (part.rows.size() > rows_max) return "more rows than asked for";
  if (part.next_cursor < cursor) return "a cursor that goes back";
  if (part.rows.size() == 0) return std::nullopt;  // may come without a shape
  const auto other = std::find_if(parts.begin(), parts.end(),
                                  [](const ReadBatch& read) { return read.rows.size() > 0; });
  if (other != parts.end() && !(part.rows.shape() == other->rows.shape())) {
    return "rows of another shape than the other shards'";
  }
  return part.rows.Fault();
}

}  // namespace

Result<ReadBatch> ShardedReader::Read(const std::string& table, std::uint64_t cursor,
                                      std::int64_t rows_max) {
  if (rows_max < 1) {
    return Error{ErrorCode::kInvalidArgument,
                 "replay table '" + table + "': a read of " + std::to_string(rows_max) + " rows"};
  }
  const Status heard = shards_.Refresh(table);  // notices restarts
  if (shards_.shards().empty()) return heard.error();
  auto found = Find(table, cursor);
  if (!found.ok()) return found.error();
  Split split = std::move(found).value();

  std::vector<ReadBatch> parts;
  const Status read = ReadShards(table, std::min(rows_max, kRequestRowsMax), split, parts);
  if (parts.empty()) {
    if (!read.ok()) return read.error();
    return Error{ErrorCode::kMalformed, "replay table '" + table + "': no shard was read"};
  }
  ++split.turn;
  ReadBatch batch;
  std::vector<const TransitionBatch*> rows;
  for (const ReadBatch& part : parts) {
    if (part.rows.size() > 0) rows.push_back(&part.rows);
    batch.rows_missed += part.rows_missed;
  }
  if (rows.empty()) rows.push_back(&parts.front().rows);
  batch.rows = TransitionBatch::Concatenate(rows);
  batch.next_cursor = Issue(table, split);
  return batch;
}

Status ShardedReader::ReadShards(const std::string& table, std::int64_t rows_max, Split& split,
                                 std::vector<ReadBatch>& parts) {
  Status first = Done{};
  std::vector<ShardSet::Shard*> open;  // shards that may have more
  const std::size_t count = shards_.shards().size();
  for (std::size_t i = 0; i < count; ++i) {
    open.push_back(&shards_.shards()[(split.turn + i) % count]);
  }
  std::int64_t left = rows_max;
  while (left > 0 && !open.empty()) {
    std::vector<ShardSet::Shard*> more;
    for (std::size_t i = 0; i < open.size() && left > 0; ++i) {
      ShardSet::Shard& shard = *open[i];
      const std::int64_t quota =
          std::max<std::int64_t>(1, left / static_cast<std::int64_t>(open.size() - i));
      std::uint64_t& next = split.next[shard.tag];
      auto part = shard.port->ReadSince(table, next, quota);
      if (!part.ok()) {
        if (first.ok()) first = shard.Named(part.error());
        continue;
      }
      if (auto fault = Fault(part.value(), next, quota, parts)) {
        if (first.ok()) first = shard.Named({ErrorCode::kMalformed, *std::move(fault)});
        continue;
      }
      const std::int64_t rows = part.value().rows.size();
      next = part.value().next_cursor;
      left -= rows;
      if (rows == quota) more.push_back(&shard);
      parts.push_back(std::move(part).value());
    }
    open = std::move(more);
  }
  return first;
}

Result<ShardedReader::Split> ShardedReader::Find(const std::string& table, std::uint64_t cursor) {
  if (cursor == 0) return Split{};
  Book& book = books_[table];
  const auto found = book.splits.find(cursor);
  if (found == book.splits.end()) return NewestRows(table, cursor);
  // Whoever goes on reading keeps its cursor.
  const auto place = std::find(book.order.begin(), book.order.end(), cursor);
  std::rotate(place, place + 1, book.order.end());
  return found->second;
}

Result<ShardedReader::Split> ShardedReader::NewestRows(const std::string& table,
                                                       std::uint64_t cursor) const {
  const std::uint64_t total = shards_.Sum(table).inserted;
  if (cursor > total) {
    return Error{ErrorCode::kInvalidArgument, "replay table '" + table + "': a cursor of " +
                                                  std::to_string(cursor) +
                                                  ", but the next row is " + std::to_string(total)};
  }
  const double share = static_cast<double>(total - cursor) / static_cast<double>(total);
  Split split;
  for (const ShardSet::Shard& shard : shards_.shards()) {
    const auto found = shard.tables.find(table);
    if (found == shard.tables.end()) continue;
    const ShardTally& tally = found->second.tally;
    const auto rows =
        static_cast<std::uint64_t>(std::llround(share * static_cast<double>(tally.total())));
    const std::uint64_t inserted = tally.latest().inserted;
    split.next[shard.tag] = inserted - std::min(inserted, rows);
  }
  return split;
}

std::uint64_t ShardedReader::Issue(const std::string& table, const Split& split) {
  std::uint64_t cursor = 0;
  for (const ShardSet::Shard& shard : shards_.shards()) {
    const auto found = shard.tables.find(table);
    if (found != shard.tables.end()) cursor += found->second.tally.lost();
    cursor += Next(split.next, shard.tag);
  }
  Book& book = books_[table];
  for (auto taken = book.splits.find(cursor); taken != book.splits.end();
       taken = book.splits.find(cursor)) {
    if (taken->second.next == split.next) {
      taken->second.turn = split.turn;
      return cursor;
    }
    cursor += kAnother;
  }
  if (cursor == 0) return 0;  // the beginning needs no entry
  book.splits.emplace(cursor, split);
  book.order.push_back(cursor);
  if (book.order.size() > kCursorsMax) {
    book.splits.erase(book.order.front());
    book.order.pop_front();
  }
  return cursor;
}

void ShardedReader::OnNewLife(const std::string& table, ShardTag shard, std::uint64_t restored) {
  for (auto& [cursor, split] : books_[table].splits) {
    const auto next = split.next.find(shard);
    if (next != split.next.end()) next->second = std::min(next->second, restored);
  }
}

void ShardedReader::Save(StateDict& state) const {
  for (const auto& [table, book] : books_) {
    // One row per cursor and shard, oldest cursor first.
    std::vector<std::uint64_t> saved;
    for (const std::uint64_t cursor : book.order) {
      const Split& split = book.splits.at(cursor);
      for (const auto& [shard, next] : split.next) {
        saved.insert(saved.end(), {cursor, split.turn, std::uint64_t{shard}, next});
      }
    }
    state.Put(table, saved, {static_cast<std::int64_t>(saved.size() / 4), 4});
  }
}

void ShardedReader::Load(const StateDict& state) {
  books_.clear();
  for (const auto& [table, array] : state.arrays()) {
    const auto saved = state.Get<std::uint64_t>(table);
    if (saved.size() % 4 != 0) throw CheckpointError("read cursors of '" + table + "' are torn");
    Book& book = books_[table];
    for (std::size_t i = 0; i < saved.size(); i += 4) {
      const std::uint64_t cursor = saved[i];
      if (saved[i + 2] > UINT16_MAX) throw CheckpointError("a shard tag above 65535");
      if (!book.splits.contains(cursor)) book.order.push_back(cursor);
      Split& split = book.splits[cursor];
      split.turn = saved[i + 1];
      split.next[static_cast<ShardTag>(saved[i + 2])] = saved[i + 3];
    }
  }
}

}  // namespace dyna
