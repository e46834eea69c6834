#include <gtest/gtest.h>

#include "tests/chaos/chaos_env.hpp"

// Tests of the harness: shards that are wrong on purpose. One that it does not catch would be a
// harness that proves nothing.

namespace dyna::chaos {
namespace {

constexpr int kDeathsMax = 20;

/// How many deaths it took until something was found, and what that was.
struct Catch {
  int deaths = 0;
  std::string violation = {};
  std::uint64_t doubled = 0;
};

Catch Hunt(ChaosRun::Options options, bool power_cuts) {
  ChaosRun run(options);
  Catch caught;
  while (!run.broken() && caught.deaths < kDeathsMax) {
    ++caught.deaths;
    run.Live({.power_cut = power_cuts});
  }
  if (run.broken()) caught.violation = run.report().violations.front();
  caught.doubled = run.report().last.doubled;
  return caught;
}

/// A shard of another program, whose producers are replaced so often.
ChaosRun::Options Careless(const std::string& program, double deaths_per_turn) {
  ChaosRun::Options options = RealShard(Seed());
  options.program = program;
  options.load.deaths_per_turn = deaths_per_turn;
  return options;
}

#ifdef DYNA_FAULT_SHIM

/// "POINT:1:skip" for ever, of each.
std::string Always(const std::vector<Point>& points) {
  std::string plan;
  for (const Point point : points) {
    plan += (plan.empty() ? "" : ",") + std::string(kPointNames[static_cast<std::size_t>(point)]) +
            ":1:skip:1000000000";
  }
  return plan;
}

TEST(BrokenShardTest, OneThatAcknowledgesBeforeItHasSyncedIsCaught) {
  ChaosRun::Options options = RealShard(Seed());
  options.always = Always({Point::kLogBeforeSync});
  const Catch caught = Hunt(options, /*power_cuts=*/true);
  EXPECT_NE(caught.violation.find("lost"), std::string::npos)
      << "seed " << Seed() << ": " << caught.deaths << " deaths, " << caught.violation;
}

TEST(BrokenShardTest, OneThatDoesNotSyncItsFolderIsCaught) {
  ChaosRun::Options options = RealShard(Seed());
  options.always = Always({Point::kSegmentBeforeFolderSync, Point::kSnapshotBeforeFolderSync,
                           Point::kSegmentAfterFree, Point::kRecoveryBeforeFolderSync});
  const Catch caught = Hunt(options, /*power_cuts=*/true);
  EXPECT_NE(caught.violation.find("lost"), std::string::npos)
      << "seed " << Seed() << ": " << caught.deaths << " deaths, " << caught.violation;
}

// What it found had been written by a life that died before it had synced it.
TEST(BrokenShardTest, OneThatTakesWhatItFindsForSyncedIsCaught) {
  ChaosRun::Options options = RealShard(Seed());
  options.always = Always({Point::kRecoveryBeforeSync});
  // Nothing may hide it: a snapshot would hold the rows too, and one who is replaced never hears
  // that they were taken.
  options.replay = "snapshot_mib = 1000\nsegment_mib = 1\n";
  options.load.deaths_per_turn = 0;
  options.rows_per_life = 1;
  ChaosRun run(options);
  for (int deaths = 0; deaths < kDeathsMax && !run.broken(); deaths += 2) {
    run.Live({.plan = "log.before_sync:20:kill", .ends_life = true});
    if (!run.broken()) run.Live({.power_cut = true, .rows_min = 200});
  }
  ASSERT_TRUE(run.broken()) << "seed " << Seed();
  EXPECT_NE(run.report().violations.front().find("lost"), std::string::npos)
      << run.report().violations.front();
}

#endif

TEST(BrokenShardTest, OneThatDoesNotFenceAnOlderEpochIsCaught) {
  const Catch caught = Hunt(Careless(DYNA_UNFENCED_PROGRAM, 0.02), /*power_cuts=*/false);
  EXPECT_NE(caught.violation.find("was taken after rows of epoch"), std::string::npos)
      << "seed " << Seed() << ": " << caught.deaths << " deaths, " << caught.violation;
}

// It does not fence either: with nobody replaced that does not show first.
TEST(BrokenShardTest, OneThatTakesTwiceWhatIsSentTwiceIsCaught) {
  const Catch caught = Hunt(Careless(DYNA_DOUBLING_PROGRAM, 0), /*power_cuts=*/false);
  EXPECT_GT(caught.doubled, 0U) << "seed " << Seed() << ": " << caught.deaths << " deaths, "
                                << caught.violation;
}

}  // namespace
}  // namespace dyna::chaos
