#include "replay/replay_options.hpp"

#include <gtest/gtest.h>

#include "replay/local_replay_port.hpp"
#include "tests/replay/replay_testing.hpp"

namespace dyna::replay {
namespace {

TEST(ReplayOptionsTest, HasTheDocumentedDefaults) {
  Config config;
  const auto shard = ReplayOptions::From(config, kTestShape).shard();
  const TableOptions& real = shard.tables.at(kRealTable);
  EXPECT_EQ(real.capacity, 1'000'000);
  EXPECT_EQ(real.shape, kTestShape);
  EXPECT_FALSE(real.prioritized);
  EXPECT_EQ(real.priority_alpha, 0.6);
  EXPECT_EQ(shard.tables.at(kSyntheticTable).capacity, 1'000'000);
}

TEST(ReplayOptionsTest, ReadsItsKeysAndOnlyRealRowsArePrioritized) {
  Config config = Config::FromText(
      "[replay]\nreal_capacity = 64\nprioritized = true\npriority_alpha = 0.25\n", "test.toml");
  const auto shard = ReplayOptions::From(config, kTestShape).shard();
  config.RequireAllKeysUsed();
  EXPECT_EQ(shard.tables.at(kRealTable).capacity, 64);
  EXPECT_EQ(shard.tables.at(kRealTable).priority_alpha, 0.25);
  EXPECT_TRUE(shard.tables.at(kRealTable).prioritized);
  EXPECT_FALSE(shard.tables.at(kSyntheticTable).prioritized);
}

TEST(ReplayOptionsTest, RefusesValuesOutOfRange) {
  for (const char* text : {"real_capacity = 0", "real_capacity = 100000001", "priority_alpha = 1.5",
                           "priority_alpha = -0.1", "prioritized = 1"}) {
    Config config = Config::FromText(std::string("[replay]\n") + text, "test.toml");
    EXPECT_THROW(ReplayOptions::From(config, kTestShape), ConfigError) << text;
  }
}

TEST(LocalReplayPortTest, ReachesEveryOperationOfTheShard) {
  Config config;
  ReplayShard shard(ReplayOptions::From(config, kTestShape).shard(), 1);
  LocalReplayPort local(shard);
  ReplayPort& port = local;
  ASSERT_TRUE(port.Append(kSyntheticTable, MarkedRows(0, 6, 2)).ok());
  ASSERT_TRUE(port.Append(kSyntheticTable, MarkedRows(6, 6, 3)).ok());
  ASSERT_TRUE(port.EvictStale(kSyntheticTable, 3).ok());
  ASSERT_TRUE(port.SetCapacity(kSyntheticTable, 4).ok());
  EXPECT_GE(MarkOf(port.Sample({.table = kSyntheticTable, .rows = 1}).value().rows, 0), 8);
  const auto read = port.ReadSince(kSyntheticTable, 0, 10).value();
  EXPECT_EQ(read.rows.size(), 4);
  EXPECT_EQ(read.rows_missed, 8U);
  EXPECT_EQ(port.UpdatePriorities(kSyntheticTable, {9}, {1.0}).error().code,
            ErrorCode::kInvalidArgument);
  const TableCounters counters = port.Counters(kSyntheticTable).value();
  EXPECT_EQ(counters.evicted_stale, 6U);
  EXPECT_EQ(counters.evicted_capacity, 2U);
  EXPECT_EQ(counters.sampled, 1U);
}

}  // namespace
}  // namespace dyna::replay
