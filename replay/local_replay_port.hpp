#pragma once

#include "common/ports/replay_port.hpp"
#include "replay/replay_shard.hpp"

namespace dyna::replay {

/// ReplayPort onto a shard of the same process. Borrows the shard; single-threaded like it.
class LocalReplayPort : public ReplayPort {
 public:
  explicit LocalReplayPort(ReplayShard& shard) : shard_(shard) {}

  Status Append(const std::string& table, const TransitionBatch& rows) override {
    return shard_.Append(table, rows);
  }
  Result<SampleBatch> Sample(const SampleRequest& request) override {
    return shard_.Sample(request);
  }
  Result<ReadBatch> ReadSince(const std::string& table, std::uint64_t cursor,
                              std::int64_t rows_max) override {
    return shard_.ReadSince(table, cursor, rows_max);
  }
  Status UpdatePriorities(const std::string& table, const std::vector<std::uint64_t>& ids,
                          const std::vector<double>& priorities) override {
    return shard_.UpdatePriorities(table, ids, priorities);
  }
  Status SetCapacity(const std::string& table, std::int64_t capacity) override {
    return shard_.SetCapacity(table, capacity);
  }
  Status EvictStale(const std::string& table, std::uint64_t version_min) override {
    return shard_.EvictStale(table, version_min);
  }
  Status Grant(const std::string& table, const GrantOrder& order) override {
    return shard_.Grant(table, order);
  }
  Result<TableCounters> Counters(const std::string& table) override {
    return shard_.Counters(table);
  }

 private:
  ReplayShard& shard_;
};

}  // namespace dyna::replay
