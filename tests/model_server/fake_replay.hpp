#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "common/core/rng.hpp"
#include "common/ports/replay_port.hpp"

namespace dyna::testing_support {

/// Replay as plain vectors. Samples uniformly with replacement from its own stream; takes at most
/// `appends_left` batches into "synthetic" before it says wait.
class FakeReplay : public ReplayPort {
 public:
  FakeReplay(TransitionShape shape, std::uint64_t seed) : shape_(shape), rng_(seed, "fake_replay") {
    tables_[kRealTable] = {};
    tables_[kSyntheticTable] = {};
  }

  Status Append(const std::string& table, const TransitionBatch& rows) override {
    rows.CheckConsistent();
    if (table == kSyntheticTable && appends_left-- == 0) {
      appends_left = 0;
      return Error{ErrorCode::kBackpressure, "the fake is full"};
    }
    Table& to = tables_.at(table);
    for (std::int64_t i = 0; i < rows.size(); ++i) {
      if (!rows.RowFinite(i)) return Error{ErrorCode::kInvalidArgument, "not finite"};
      TransitionBatch row = TransitionBatch::Zeros(1, shape_);
      row.SetRow(0, rows, i);
      to.rows.push_back(row);
    }
    to.inserted += static_cast<std::uint64_t>(rows.size());
    Trim(to);
    return Done{};
  }
  Result<SampleBatch> Sample(const SampleRequest& request) override {
    last_request = request;
    const Table& from = tables_.at(request.table);
    if (from.rows.empty()) return Error{ErrorCode::kBackpressure, "empty"};
    std::vector<std::size_t> picks;
    for (std::int64_t i = 0; i < request.rows; ++i) {
      picks.push_back(static_cast<std::size_t>(rng_.Below(from.rows.size())));
    }
    SampleBatch batch;
    batch.rows = Gather(from, picks);
    return batch;
  }
  Result<ReadBatch> ReadSince(const std::string& table, std::uint64_t cursor,
                              std::int64_t rows_max) override {
    const Table& from = tables_.at(table);
    const std::uint64_t oldest = from.inserted - from.rows.size();
    const std::uint64_t first = std::max(cursor, oldest);
    const std::uint64_t end = std::min(from.inserted, first + static_cast<std::uint64_t>(rows_max));
    std::vector<std::size_t> picks;
    for (std::uint64_t id = first; id < end; ++id) picks.push_back(id - oldest);
    return ReadBatch{
        .rows = Gather(from, picks), .next_cursor = end, .rows_missed = first - cursor};
  }
  Status UpdatePriorities(const std::string&, const std::vector<std::uint64_t>&,
                          const std::vector<double>&) override {
    return Done{};
  }
  Status SetCapacity(const std::string& table, std::int64_t capacity) override {
    tables_.at(table).capacity = capacity;
    Trim(tables_.at(table));
    return Done{};
  }
  Status EvictStale(const std::string& table, std::uint64_t version_min) override {
    std::erase_if(tables_.at(table).rows, [&](const TransitionBatch& row) {
      return row.provenance[0].model_version < version_min;
    });
    return Done{};
  }
  Status Grant(const std::string&, const GrantOrder&) override { return Done{}; }
  Result<TableCounters> Counters(const std::string& table) override {
    const Table& t = tables_.at(table);
    return TableCounters{.size = static_cast<std::int64_t>(t.rows.size()),
                         .capacity = t.capacity,
                         .inserted = t.inserted};
  }

  /// Each a batch of one row, oldest first.
  const std::vector<TransitionBatch>& rows(const std::string& table) const {
    return tables_.at(table).rows;
  }
  void Clear(const std::string& table) { tables_.at(table).rows.clear(); }

  std::int64_t appends_left = -1;  ///< -1 = any number
  SampleRequest last_request = {};

 private:
  struct Table {
    std::vector<TransitionBatch> rows = {};
    std::int64_t capacity = 1'000'000;
    std::uint64_t inserted = 0;
  };
  static void Trim(Table& table) {
    while (static_cast<std::int64_t>(table.rows.size()) > table.capacity) {
      table.rows.erase(table.rows.begin());
    }
  }
  TransitionBatch Gather(const Table& from, const std::vector<std::size_t>& picks) const {
    auto batch = TransitionBatch::Zeros(static_cast<std::int64_t>(picks.size()), shape_);
    for (std::size_t i = 0; i < picks.size(); ++i) {
      batch.SetRow(static_cast<std::int64_t>(i), from.rows[picks[i]], 0);
    }
    return batch;
  }

  TransitionShape shape_;
  Rng rng_;
  std::map<std::string, Table> tables_;
};

}  // namespace dyna::testing_support
