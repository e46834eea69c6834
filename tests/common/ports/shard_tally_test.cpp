#include "common/ports/shard_tally.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "common/core/rng.hpp"

namespace dyna {
namespace {

using News = ShardTally::News;

TEST(ShardTallyTest, RowsThatARestartLostStayInTheTotal) {
  ShardTally tally;
  EXPECT_FALSE(tally.known());
  EXPECT_EQ(tally.Update({.inserted = 100, .incarnation = 5}), News::kNewLife);
  EXPECT_EQ(tally.Update({.inserted = 120, .incarnation = 5}), News::kUpdate);
  EXPECT_EQ(tally.Update({.inserted = 90, .incarnation = 6, .restored = 70}), News::kNewLife);
  EXPECT_EQ(tally.lost(), 50U);
  EXPECT_EQ(tally.total(), 140U) << "120 before, 20 new ones since";
  EXPECT_EQ(tally.Update({.inserted = 130, .incarnation = 5}), News::kStale);
  EXPECT_EQ(tally.Update({.inserted = 89, .incarnation = 6}), News::kStale);
  EXPECT_EQ(tally.latest().inserted, 90U);
}

TEST(ShardTallyTest, RowsRestoredBeyondTheLastSnapshotAreCountedOnce) {
  ShardTally tally;
  tally.Update({.inserted = 100, .incarnation = 1});
  tally.Update({.inserted = 140, .incarnation = 2, .restored = 130});
  EXPECT_EQ(tally.lost(), 0U);
  EXPECT_EQ(tally.total(), 140U);
}

TEST(ShardTallyTest, SavedAndLoadedItStillNoticesTheRestart) {
  ShardTally tally;
  tally.Update({.inserted = 100, .incarnation = 1});
  tally.Update({.inserted = 50, .incarnation = 2, .restored = 40, .grants = 3, .granted = 60});
  StateDict state;
  tally.Save(state);
  ShardTally loaded;
  loaded.Load(state);
  EXPECT_EQ(loaded.total(), 110U);
  EXPECT_EQ(loaded.latest().granted, 60U);
  EXPECT_EQ(loaded.Update({.inserted = 0, .incarnation = 3, .restored = 0}), News::kNewLife);
  EXPECT_EQ(loaded.total(), 110U);
}

/// A shard's history as snapshots in the order in which they were taken, and the rows that a
/// tally that hears all of them must count after each.
struct History {
  std::vector<TableCounters> snapshots = {};
  std::vector<std::uint64_t> totals = {};
};

History RandomHistory(Rng& rng) {
  History history;
  TableCounters now;
  std::uint64_t total = 0;
  for (int i = 0; i < 60; ++i) {
    if (rng.Below(8) == 0) {
      ++now.incarnation;
      now.restored = rng.Below(now.inserted + 1);
      now.inserted = now.restored;
      now.grants = 0;
    }
    const std::uint64_t rows = rng.Below(20);
    now.inserted += rows;
    total += rows;
    now.grants += rng.Below(2);
    history.snapshots.push_back(now);
    history.totals.push_back(total);
  }
  return history;
}

TEST(ShardTallyTest, SnapshotsThatComeLateOrTwiceOrNeverDoNoHarm) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed=" << seed);
    Rng rng(seed, "tally");
    const History history = RandomHistory(rng);
    ShardTally tally;
    std::uint64_t before = 0;
    std::size_t newest = 0;
    for (std::size_t i = 0; i < history.snapshots.size(); ++i) {
      if (rng.Below(4) == 0) continue;  // lost on the way
      // The present one, then perhaps an old one again.
      tally.Update(history.snapshots[i]);
      newest = i;
      tally.Update(history.snapshots[rng.Below(i + 1)]);
      ASSERT_EQ(tally.latest().inserted, history.snapshots[i].inserted);
      ASSERT_GE(tally.total(), before) << "a total fell";
      ASSERT_LE(tally.total(), history.totals[i]) << "a row was counted twice";
      before = tally.total();
    }
    ShardTally all;
    for (std::size_t i = 0; i <= newest; ++i) all.Update(history.snapshots[i]);
    ASSERT_EQ(all.total(), history.totals[newest]);
  }
}

}  // namespace
}  // namespace dyna
