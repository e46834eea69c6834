#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/ports/replay_port.hpp"

namespace dyna::testing_support {

/// A fake replay: keeps every appended batch, hands out rows in order, refuses on demand.
class RecordingReplay : public ReplayPort {
 public:
  bool refuse = false;                          ///< answer kBackpressure
  std::vector<TransitionBatch> appended;        ///< in order, all tables
  std::map<std::string, TransitionBatch> rows;  ///< what Sample() hands out, from the front
  std::map<std::string, std::uint64_t> inserted;
  std::vector<SampleRequest> requests;
  std::vector<double> priorities;

  Status Append(const std::string& table, const TransitionBatch& batch) override {
    if (refuse) return Wait();
    appended.push_back(batch);
    inserted[table] += static_cast<std::uint64_t>(batch.size());
    return Done{};
  }
  Result<SampleBatch> Sample(const SampleRequest& request) override {
    if (refuse) return Wait();
    requests.push_back(request);
    const TransitionBatch& source = rows.at(request.table);
    SampleBatch batch{.rows = TransitionBatch::Zeros(request.rows, source.shape()),
                      .ids = {},
                      .weights = FloatVector::Ones(request.rows)};
    for (std::int64_t i = 0; i < request.rows; ++i) {
      batch.rows.SetRow(i, source, i % source.size());
      batch.ids.push_back(static_cast<std::uint64_t>(i));
    }
    return batch;
  }
  Result<ReadBatch> ReadSince(const std::string& table, std::uint64_t cursor,
                              std::int64_t rows_max) override {
    const TransitionBatch& source = rows.at(table);
    const auto begin = static_cast<std::int64_t>(cursor);
    const auto count = std::min(rows_max, source.size() - begin);
    ReadBatch read{.rows = TransitionBatch::Zeros(count, source.shape()),
                   .next_cursor = cursor + static_cast<std::uint64_t>(count)};
    for (std::int64_t i = 0; i < count; ++i) read.rows.SetRow(i, source, begin + i);
    return read;
  }
  Status UpdatePriorities(const std::string& /*table*/, const std::vector<std::uint64_t>& /*ids*/,
                          const std::vector<double>& values) override {
    priorities = values;
    return Done{};
  }
  Status SetCapacity(const std::string& /*table*/, std::int64_t /*capacity*/) override {
    return Done{};
  }
  Status EvictStale(const std::string& /*table*/, std::uint64_t /*version_min*/) override {
    return Done{};
  }
  Status Grant(const std::string& /*table*/, const GrantOrder& /*order*/) override {
    return Done{};
  }
  Result<TableCounters> Counters(const std::string& table) override {
    return TableCounters{.inserted = inserted[table]};
  }

 private:
  static Error Wait() { return {ErrorCode::kBackpressure, "the test says wait"}; }
};

}  // namespace dyna::testing_support
