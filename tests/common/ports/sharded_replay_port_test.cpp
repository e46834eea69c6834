#include "common/ports/sharded_replay_port.hpp"

#include <gtest/gtest.h>

#include "tests/common/ports/sharded_testing.hpp"

namespace dyna::testing_support {
namespace {

TEST(ShardedReplayPortTest, CapacityIsDividedAndAddsUp) {
  Cluster cluster(3);
  ASSERT_TRUE(cluster.port.SetCapacity("t", 100).ok());
  EXPECT_EQ(cluster.shards[0]->Counters("t").value().capacity, 34);
  EXPECT_EQ(cluster.shards[2]->Counters("t").value().capacity, 33);
  EXPECT_EQ(cluster.port.Counters("t").value().capacity, 100);
  cluster.AddShard();
  ASSERT_TRUE(cluster.port.SetCapacity("t", 100).ok());
  EXPECT_EQ(cluster.shards[3]->Counters("t").value().capacity, 25);
  ASSERT_TRUE(cluster.port.SetCapacity("t", 2).ok());
  EXPECT_EQ(cluster.port.Counters("t").value().capacity, 4) << "at least one row each";
  EXPECT_EQ(cluster.port.SetCapacity("t", 0).error().code, ErrorCode::kInvalidArgument);
}

TEST(ShardedReplayPortTest, AShardThatJoinsOrRestartsHearsOfTheOldestVersionBeforeItIsSampled) {
  Cluster cluster(1);
  ASSERT_TRUE(cluster.port.EvictStale("t", 6).ok());
  ASSERT_TRUE(cluster.port.EvictStale("t", 4).ok()) << "never goes back";
  cluster.AddShard();
  cluster.Put(0, 0, 5, 6);
  cluster.Put(1, 100, 5, 5);
  const auto sample = cluster.port.Sample({.table = "t", .rows = 50}).value();
  for (const std::uint64_t id : sample.ids) EXPECT_EQ(TagOf(id), 10);
  cluster.Restart(0, nullptr);
  cluster.Put(0, 0, 5, 5);
  EXPECT_EQ(cluster.port.Sample({.table = "t", .rows = 50}).error().code, ErrorCode::kBackpressure)
      << "only stale rows are left";
  const int calls = cluster.links[1]->calls["EvictStale"];
  (void)cluster.port.Sample({.table = "t", .rows = 50});
  EXPECT_EQ(cluster.links[1]->calls["EvictStale"], calls) << "told once is enough";
}

TEST(ShardedReplayPortTest, PrioritiesReachTheRowsThatTheIdsName) {
  Cluster cluster(2, {.capacity = 100, .shape = kTestShape, .prioritized = true});
  cluster.Put(0, 0, 3);
  cluster.Put(1, 100, 3);
  const std::vector<std::uint64_t> all = {TaggedId(10, 0), TaggedId(20, 0), TaggedId(10, 1),
                                          TaggedId(20, 1), TaggedId(10, 2), TaggedId(20, 2)};
  ASSERT_TRUE(cluster.port.UpdatePriorities("t", all, {0, 0, 0, 5, 0, 0}).ok());
  const auto sample = cluster.port.Sample({.table = "t", .rows = 30, .prioritized = true}).value();
  for (const std::uint64_t id : sample.ids) EXPECT_EQ(id, TaggedId(20, 1));
  EXPECT_TRUE(cluster.port.UpdatePriorities("t", {TaggedId(99, 1), TaggedId(10, 9)}, {1, 1}).ok())
      << "no longer held";
  EXPECT_EQ(cluster.port.UpdatePriorities("t", all, {1}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(cluster.port.UpdatePriorities("t", {all[0]}, {-1}).error().code,
            ErrorCode::kInvalidArgument);
}

TEST(ShardedReplayPortTest, CountersAreSumsAndRowsInsertedNeverFall) {
  Cluster cluster(2);
  cluster.Put(0, 0, 10);
  cluster.Put(1, 100, 1500);
  TableCounters sum = cluster.port.Counters("t").value();
  EXPECT_EQ(sum.size, 1010);
  EXPECT_EQ(sum.capacity, 2000);
  EXPECT_EQ(sum.inserted, 1510U);
  EXPECT_EQ(sum.evicted_capacity, 500U);
  EXPECT_EQ(sum.granted, kRowsUnlimited);
  cluster.Restart(1, nullptr);
  cluster.Put(1, 100, 5);
  sum = cluster.port.Counters("t").value();
  EXPECT_EQ(sum.size, 15);
  EXPECT_EQ(sum.inserted, 1515U);
}

TEST(ShardedReplayPortTest, ASilentShardCountsAsLastHeardButANeverHeardOneIsWaitedFor) {
  Cluster cluster(2);
  cluster.Put(0, 0, 10);
  cluster.links[1]->fault = FlakyReplay::Fault::kRequestLost;
  EXPECT_EQ(cluster.port.Counters("t").error().code, ErrorCode::kTimeout);
  cluster.links[1]->fault = FlakyReplay::Fault::kNone;
  EXPECT_EQ(cluster.port.Counters("t").value().inserted, 10U);
  cluster.links[0]->fault = FlakyReplay::Fault::kRequestLost;
  cluster.Put(1, 100, 7);
  EXPECT_EQ(cluster.port.Counters("t").value().inserted, 17U);
  EXPECT_EQ(Cluster(0).port.Counters("t").error().code, ErrorCode::kBackpressure);
  EXPECT_EQ(cluster.port.Counters("x").error().code, ErrorCode::kTimeout);
}

TEST(ShardedReplayPortTest, AGrantForAllShardsAtOnceIsRefused) {
  Cluster cluster(2);
  EXPECT_EQ(cluster.port.Grant("t", {.incarnation = 1, .inserted_max = 10}).error().code,
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(cluster.port.Counters("t").value().granted, kRowsUnlimited);
}

TEST(ShardedReplayPortTest, WithOneShardItAnswersAsTheShardWould) {
  Cluster cluster(1, {.capacity = 50, .shape = kTestShape, .prioritized = true});
  replay::LocalReplayPort local(*cluster.shards[0]);
  ASSERT_TRUE(cluster.port.Append("t", MarkedRows(0, 70)).ok());
  const TableCounters one = local.Counters("t").value();
  const TableCounters sum = cluster.port.Counters("t").value();
  EXPECT_EQ(sum.inserted, one.inserted);
  EXPECT_EQ(sum.size, one.size);
  EXPECT_EQ(sum.priority_total, one.priority_total);
  const auto direct = local.ReadSince("t", 0, 1000).value();
  const auto through = cluster.port.ReadSince("t", 0, 1000).value();
  EXPECT_EQ(through.rows.obs, direct.rows.obs);
  EXPECT_EQ(through.rows.provenance, direct.rows.provenance);
  EXPECT_EQ(through.next_cursor, direct.next_cursor);
  EXPECT_EQ(through.rows_missed, direct.rows_missed);
  const auto sample = cluster.port.Sample({.table = "t", .rows = 30, .prioritized = true}).value();
  EXPECT_EQ(sample.priority_total, one.priority_total);
  for (const std::uint64_t id : sample.ids) {
    EXPECT_EQ(TagOf(id), 10);
    EXPECT_GE(IdWithinShard(id), 20U);
  }
}

TEST(ShardedReplayPortTest, ALoadedPortContinuesBitForBit) {
  Cluster cluster(3);
  for (std::size_t k = 0; k < 3; ++k) cluster.Put(k, 100 * static_cast<int>(k), 30);
  auto cursor = cluster.port.ReadSince("t", 0, 20).value().next_cursor;
  (void)cluster.port.Sample({.table = "t", .rows = 7}).value();
  StateDict port;
  cluster.port.Save(port);
  std::vector<StateDict> shards(3);
  for (std::size_t k = 0; k < 3; ++k) cluster.shards[k]->Save(shards[k]);
  const auto run = [&] {
    StateDict trace;
    std::uint64_t at = cursor;
    for (int step = 0; step < 5; ++step) {
      const auto sample = cluster.port.Sample({.table = "t", .rows = 16}).value();
      trace.Put("ids" + std::to_string(step), sample.ids);
      const auto read = cluster.port.ReadSince("t", at, 11).value();
      at = read.next_cursor;
      trace.Put("read" + std::to_string(step),
                std::vector<float>(read.rows.reward.begin(), read.rows.reward.end()));
    }
    return trace;
  };
  const StateDict expected = run();
  for (std::size_t k = 0; k < 3; ++k) cluster.shards[k]->Load(shards[k]);
  cluster.port.Load(port);
  EXPECT_TRUE(run() == expected);
}

TEST(ShardedReplayPortTest, RefusesATornCheckpoint) {
  Cluster cluster(1);
  cluster.Put(0, 0, 5);
  (void)cluster.port.ReadSince("t", 0, 5).value();
  StateDict good;
  cluster.port.Save(good);
  StateDict bad = good;
  bad.Put("reader/t", std::vector<std::uint64_t>{1, 2, 3});
  EXPECT_THROW(cluster.port.Load(bad), CheckpointError);
  bad.Put("reader/t", std::vector<std::uint64_t>{1, 2, 70'000, 3});
  EXPECT_THROW(cluster.port.Load(bad), CheckpointError);
  EXPECT_THROW(cluster.port.Load(StateDict()), CheckpointError);
  EXPECT_NO_THROW(cluster.port.Load(good));
}

}  // namespace
}  // namespace dyna::testing_support
