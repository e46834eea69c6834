#include "replay/allowance.hpp"

#include <gtest/gtest.h>

#include "tests/replay/replay_testing.hpp"

namespace dyna::replay {
namespace {

TEST(AllowanceTest, WithoutAGrantRowsAreUnlimitedUnlessTheTableNeedsOne) {
  Allowance open(false);
  EXPECT_TRUE(open.Admit(1 << 20, 1ULL << 50).ok());
  EXPECT_EQ(open.inserted_max(), kRowsUnlimited);
  Allowance granted(true);
  EXPECT_FALSE(granted.Admit(1, 0).ok());
}

TEST(AllowanceTest, AdmitsUpToTheGrantAndNamesLimitValueAndGranter) {
  Allowance allowance(true);
  ASSERT_TRUE(allowance.Take({.grants = 0, .inserted_max = 10}).ok());
  EXPECT_TRUE(allowance.Admit(4, 6).ok());
  const Error error = allowance.Admit(5, 6).error();
  EXPECT_EQ(error.code, ErrorCode::kBackpressure);
  EXPECT_EQ(error.message, "grant: 11 rows would be more than the 10 that the learner has granted");
}

TEST(AllowanceTest, RemembersTheLastRefusalUntilItIsMet) {
  Allowance allowance(true);
  EXPECT_FALSE(allowance.Admit(7, 0).ok());
  EXPECT_FALSE(allowance.Admit(5, 0).ok());
  EXPECT_EQ(allowance.wanted(), 5U);
  ASSERT_TRUE(allowance.Take({.grants = 0, .inserted_max = 4}).ok());
  EXPECT_EQ(allowance.wanted(), 5U) << "4 rows do not help";
  ASSERT_TRUE(allowance.Take({.grants = 1, .inserted_max = 5}).ok());
  EXPECT_EQ(allowance.wanted(), 0U);
  EXPECT_FALSE(allowance.Admit(9, 0).ok());
  EXPECT_TRUE(allowance.Admit(2, 0).ok());
  EXPECT_EQ(allowance.wanted(), 0U) << "somebody else got through";
}

TEST(AllowanceTest, AnOrderCountsOnceAndOnlyIfNothingCameInBetween) {
  Allowance allowance(true);
  const GrantOrder first{.grants = 0, .inserted_max = 10};
  const GrantOrder second{.grants = 1, .inserted_max = 3};
  EXPECT_FALSE(allowance.Take(second).ok()) << "arrived before the first";
  ASSERT_TRUE(allowance.Take(first).ok());
  ASSERT_TRUE(allowance.Take(second).ok());
  const Error again = allowance.Take(first).error();
  EXPECT_EQ(again.code, ErrorCode::kVersionMismatch);
  EXPECT_EQ(again.message, "grant: an order based on 0 grants, but there have been 2");
  EXPECT_EQ(allowance.inserted_max(), 3U);
}

TEST(AllowanceTest, AGrantMayBeLoweredBelowWhatIsHeld) {
  Allowance allowance(true);
  ASSERT_TRUE(allowance.Take({.grants = 0, .inserted_max = 10}).ok());
  ASSERT_TRUE(allowance.Admit(10, 0).ok());
  ASSERT_TRUE(allowance.Take({.grants = 1, .inserted_max = 2}).ok());
  EXPECT_FALSE(allowance.Admit(1, 10).ok());
}

class GrantedShardTest : public testing::Test {
 protected:
  static ReplayShard::Options ShardOptions(bool granted, std::uint64_t incarnation) {
    return {.tables = {{"t", {.capacity = 8, .shape = kTestShape, .granted = granted}}},
            .incarnation = incarnation};
  }
};

TEST_F(GrantedShardTest, RefusesUngrantedRowsAndThenChangesNothing) {
  ReplayShard shard(ShardOptions(true, 3), 1);
  const StateDict before = Saved(shard);
  const Error error = shard.Append("t", MarkedRows(0, 2)).error();
  EXPECT_EQ(error.code, ErrorCode::kBackpressure);
  EXPECT_EQ(error.message,
            "replay table 't': grant: 2 rows would be more than the 0 that the learner has "
            "granted");
  EXPECT_TRUE(Saved(shard) == before);
  const TableCounters counters = CountersOf(shard);
  EXPECT_EQ(counters.wanted, 2U);
  EXPECT_EQ(counters.incarnation, 3U);
  ASSERT_TRUE(
      shard.Grant("t", {.incarnation = 3, .grants = counters.grants, .inserted_max = 2}).ok());
  EXPECT_TRUE(shard.Append("t", MarkedRows(0, 2)).ok());
  EXPECT_EQ(CountersOf(shard).granted, 2U);
  EXPECT_EQ(CountersOf(shard).grants, 1U);
}

TEST_F(GrantedShardTest, ARestartedShardKeepsItsRowsAndTakesNoMore) {
  ReplayShard shard(ShardOptions(true, 3), 1);
  ASSERT_TRUE(shard.Grant("t", {.incarnation = 3, .grants = 0, .inserted_max = 100}).ok());
  ASSERT_TRUE(shard.Append("t", MarkedRows(0, 12)).ok());
  ReplayShard restarted(ShardOptions(true, 4), 1);
  restarted.Load(Saved(shard));
  EXPECT_EQ(CountersOf(restarted).granted, 12U) << "rows ever taken, not rows held";
  EXPECT_EQ(restarted.Append("t", MarkedRows(12, 1)).error().code, ErrorCode::kBackpressure);

  const Error late =
      restarted.Grant("t", {.incarnation = 3, .grants = 0, .inserted_max = 100}).error();
  EXPECT_EQ(late.code, ErrorCode::kVersionMismatch);
  EXPECT_EQ(late.message,
            "replay table 't': grant: an order for life 3 of the shard, but this is life 4");
  EXPECT_EQ(CountersOf(restarted).granted, 12U);
}

TEST_F(GrantedShardTest, ATableWithoutTheOptionIsUnlimitedAgainAfterARestart) {
  ReplayShard shard(ShardOptions(false, 1), 1);
  EXPECT_TRUE(shard.Append("t", MarkedRows(0, 5)).ok());
  ASSERT_TRUE(shard.Grant("t", {.incarnation = 1, .grants = 0, .inserted_max = 6}).ok());
  EXPECT_FALSE(shard.Append("t", MarkedRows(5, 2)).ok());
  ReplayShard restarted(ShardOptions(false, 2), 1);
  restarted.Load(Saved(shard));
  EXPECT_TRUE(restarted.Append("t", MarkedRows(5, 20)).ok());
}

TEST_F(GrantedShardTest, AnotherLimitIsNamedBeforeTheGrantAndWantsNothing) {
  ReplayShard::Options options = ShardOptions(true, 0);
  options.tables.at("t").limiter.driver = "d";
  options.tables.at("t").limiter.rows_per_driver_row = 1.0;
  options.tables.at("t").limiter.driver_slack = 1.0;
  options.tables["d"] = {.capacity = 8, .shape = kTestShape};
  ReplayShard shard(options, 1);
  EXPECT_NE(shard.Append("t", MarkedRows(0, 2)).error().message.find("rows_per_driver_row"),
            std::string::npos);
  EXPECT_EQ(CountersOf(shard).wanted, 0U);
}

TEST_F(GrantedShardTest, AnUnknownTableIsNotFound) {
  ReplayShard shard(ShardOptions(true, 0), 1);
  EXPECT_EQ(shard.Grant("x", {}).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace dyna::replay
