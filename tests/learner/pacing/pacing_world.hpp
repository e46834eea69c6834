#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/core/rng.hpp"
#include "learner/pacing/pacer.hpp"
#include "learner/pacing/update_limit.hpp"
#include "replay/replay_shard.hpp"

namespace dyna::learner {

/// A cluster in which everything that can go wrong does: real shards, producers, a learner with
/// its Pacer, and a network between learner and shards that delays, reorders, loses and repeats.
/// One event at a time, chosen at random.
class PacingWorld {
 public:
  struct Options {
    Pacer::Options pacer = {};
    int shards = 3;
    int actors = 3;
    int imaginers = 2;
    bool learner_restarts = false;
  };

  PacingWorld(const Options& options, std::uint64_t seed);

  /// One random event.
  void Disturb();
  /// From now on every message arrives, once and in time, and nothing restarts.
  void Heal();
  /// Everybody gets a turn: reports, orders, producers, updates.
  void Round();

  /// Empty, or which bound is broken and by how much. True at all times.
  std::string Broken() const;

  struct Producer {
    std::string table = {};
    std::size_t shard = 0;
    std::int64_t rows = 1;  ///< of its next append
    std::uint64_t appends = 0;
  };
  const std::vector<Producer>& producers() const { return producers_; }
  std::int64_t updates() const { return updates_; }
  std::uint64_t orders_sent() const { return orders_sent_; }
  /// Rows that shards let in, ever.
  std::uint64_t appended(const std::string& table) const { return appended_.at(table); }

 private:
  struct Shard {
    std::uint64_t life = 1;
    std::unique_ptr<replay::ReplayShard> core = {};
    StateDict durable = {};  ///< what a restart finds
    bool reachable = true;   ///< for the learner; producers always reach it
  };
  struct Message {
    bool to_shard = false;
    std::size_t shard = 0;
    std::uint64_t life = 0;     ///< of the shard when sent: a connection ends with its peer
    std::uint64_t learner = 0;  ///< which learner sent it or is to get it
    std::string table = {};
    GrantOrder order = {};
    TableCounters counters = {};
  };

  std::unique_ptr<replay::ReplayShard> NewCore(std::uint64_t life) const;
  void AddShard();
  void Append(Producer& producer);
  void NextBatch(Producer& producer);
  void Report(std::size_t shard);
  void SendOrders();
  void Send(const Message& message);
  void Deliver(const Message& message);
  void DeliverOne();
  void Update();
  void RestartShard(std::size_t k);
  void RestartLearner();
  std::uint64_t Inserted(const std::string& table) const;

  Options options_;
  Rng rng_;
  std::vector<Shard> shards_;
  std::vector<Producer> producers_;
  std::vector<Message> network_;
  bool healed_ = false;

  std::unique_ptr<Pacer> pacer_;
  UpdateLimit limit_;
  std::int64_t updates_ = 0;
  std::uint64_t learner_ = 1;
  StateDict checkpoint_;
  std::int64_t checkpoint_updates_ = 0;

  std::map<std::string, std::uint64_t> appended_ = {{kRealTable, 0}, {kSyntheticTable, 0}};
  std::uint64_t allowed_max_ = 0;  ///< real rows, over all learners
  std::uint64_t orders_sent_ = 0;
};

}  // namespace dyna::learner
