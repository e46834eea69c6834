#pragma once

#include <string>
#include <vector>

#include "common/ports/replay_port.hpp"

namespace dyna {

/// A replay port that passes everything on to another one: the base of those that change or watch
/// one kind of call.
class ForwardingReplay : public ReplayPort {
 public:
  /// Borrows it.
  explicit ForwardingReplay(ReplayPort& replay) : replay_(replay) {}

  Status Append(const std::string& table, const TransitionBatch& rows) override {
    return replay_.Append(table, rows);
  }
  Result<SampleBatch> Sample(const SampleRequest& request) override {
    return replay_.Sample(request);
  }
  Result<ReadBatch> ReadSince(const std::string& table, std::uint64_t cursor,
                              std::int64_t rows_max) override {
    return replay_.ReadSince(table, cursor, rows_max);
  }
  Status UpdatePriorities(const std::string& table, const std::vector<std::uint64_t>& ids,
                          const std::vector<double>& priorities) override {
    return replay_.UpdatePriorities(table, ids, priorities);
  }
  Status SetCapacity(const std::string& table, std::int64_t capacity) override {
    return replay_.SetCapacity(table, capacity);
  }
  Status EvictStale(const std::string& table, std::uint64_t version_min) override {
    return replay_.EvictStale(table, version_min);
  }
  Status Grant(const std::string& table, const GrantOrder& order) override {
    return replay_.Grant(table, order);
  }
  Result<TableCounters> Counters(const std::string& table) override {
    return replay_.Counters(table);
  }

 private:
  ReplayPort& replay_;
};

}  // namespace dyna
