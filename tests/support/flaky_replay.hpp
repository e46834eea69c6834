#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "common/ports/replay_port.hpp"
#include "replay/local_replay_port.hpp"

namespace dyna::testing_support {

/// A shard behind a network that fails on demand, as a remote port behaves: a request may be lost,
/// or its reply, and an append that is sent again has no second effect.
class FlakyReplay : public ReplayPort {
 public:
  enum class Fault { kNone, kRequestLost, kReplyLost };

  explicit FlakyReplay(replay::ReplayShard& shard) : port_(shard) {}

  Fault fault = Fault::kNone;               ///< of every request until changed
  std::optional<Error> refuse = {};         ///< answered to every append and sample until reset
  std::optional<TableCounters> stale = {};  ///< what Counters() says instead of the truth
  /// What a wrong peer makes of its answers.
  std::function<void(SampleBatch&)> tamper_sample = {};
  std::function<void(ReadBatch&)> tamper_read = {};
  std::map<std::string, int> calls = {};

  Status Append(const std::string& table, const TransitionBatch& rows) override {
    ++calls["Append"];
    const auto unsure = unsure_.find(table);
    if (unsure != unsure_.end()) {
      EXPECT_TRUE(Same(unsure->second.rows, rows)) << "other rows before an unsure append settled";
    }
    if (refuse && unsure == unsure_.end()) return *refuse;
    if (fault == Fault::kRequestLost) {
      if (unsure == unsure_.end()) unsure_[table] = {.rows = rows, .applied = false};
      return TimedOut();
    }
    if (unsure == unsure_.end() || !unsure->second.applied) {
      if (Status status = port_.Append(table, rows); !status.ok()) {
        unsure_.erase(table);
        return status;
      }
    }
    if (fault == Fault::kReplyLost) {
      unsure_[table] = {.rows = rows, .applied = true};
      return TimedOut();
    }
    unsure_.erase(table);
    return Done{};
  }
  Result<SampleBatch> Sample(const SampleRequest& request) override {
    ++calls["Sample"];
    if (refuse) return *refuse;
    if (fault != Fault::kNone) return TimedOut();
    auto sample = port_.Sample(request);
    if (!sample.ok() || !tamper_sample) return sample;
    tamper_sample(sample.value());
    return sample;
  }
  Result<ReadBatch> ReadSince(const std::string& table, std::uint64_t cursor,
                              std::int64_t rows_max) override {
    if (fault != Fault::kNone) return TimedOut();
    auto read = port_.ReadSince(table, cursor, rows_max);
    if (!read.ok() || !tamper_read) return read;
    tamper_read(read.value());
    return read;
  }
  Status UpdatePriorities(const std::string& table, const std::vector<std::uint64_t>& ids,
                          const std::vector<double>& priorities) override {
    if (fault != Fault::kNone) return TimedOut();
    return port_.UpdatePriorities(table, ids, priorities);
  }
  Status SetCapacity(const std::string& table, std::int64_t capacity) override {
    if (fault != Fault::kNone) return TimedOut();
    return port_.SetCapacity(table, capacity);
  }
  Status EvictStale(const std::string& table, std::uint64_t version_min) override {
    ++calls["EvictStale"];
    if (fault != Fault::kNone) return TimedOut();
    return port_.EvictStale(table, version_min);
  }
  Status Grant(const std::string& table, const GrantOrder& order) override {
    if (fault != Fault::kNone) return TimedOut();
    return port_.Grant(table, order);
  }
  Result<TableCounters> Counters(const std::string& table) override {
    if (fault != Fault::kNone) return TimedOut();
    if (stale) return *stale;
    return port_.Counters(table);
  }

 private:
  struct Unsure {
    TransitionBatch rows = {};
    bool applied = false;
  };
  static Error TimedOut() { return {ErrorCode::kTimeout, "no answer"}; }
  static bool Same(const TransitionBatch& a, const TransitionBatch& b) {
    return a.provenance == b.provenance && a.reward == b.reward && a.obs == b.obs;
  }

  replay::LocalReplayPort port_;
  std::map<std::string, Unsure> unsure_;
};

}  // namespace dyna::testing_support
