#include <gtest/gtest.h>

#include "tests/chaos/chaos_env.hpp"

// Disks that refuse for a while, and processes that stand still for a while.

namespace dyna::chaos {
namespace {

constexpr int kDeathsPerFolder = 10;

/// Where a call can fail.
constexpr std::array kFailing = {
    Point::kLogBeforeWrite,      Point::kLogMidWrite,          Point::kLogBeforeSync,
    Point::kSegmentBeforeCreate, Point::kSegmentMidHeader,     Point::kSegmentBeforeFolderSync,
    Point::kSegmentBeforeFree,   Point::kSegmentAfterFree,     Point::kSnapshotMidWrite,
    Point::kSnapshotBeforeSync,  Point::kSnapshotBeforeRename, Point::kSnapshotBeforeFolderSync,
    Point::kSnapshotBeforeRemove};
constexpr std::array<const char*, 4> kActions = {"ENOSPC", "EIO", "EROFS", "stop"};

TEST(DiskFaultTest, ADiskThatRefusesOrStallsLosesNothingAndTheShardGoesOn) {
  std::vector<std::string> plans;
  Rng rng(Seed(), "disk faults");
  for (const Point point : kFailing) {
    const std::string name(kPointNames[static_cast<std::size_t>(point)]);
    // In the gate one of them at each point.
    const std::uint64_t only = rng.Below(kActions.size());
    for (std::size_t i = 0; i < kActions.size(); ++i) {
      if (Kills() < 200 && i != only) continue;
      plans.push_back(name + ":" + std::to_string(1 + rng.Below(2)) + ":" + kActions[i] + ":" +
                      std::to_string(1 + rng.Below(3)));
    }
  }
  ChaosRun::Report total;
  for (std::size_t done = 0; done < plans.size(); done += kDeathsPerFolder) {
    const std::uint64_t seed = Seed() + 2000 + done / kDeathsPerFolder;
    ChaosRun run(RealShard(seed));
    for (std::size_t i = done; i < std::min(plans.size(), done + kDeathsPerFolder); ++i) {
      if (run.broken()) break;
      // Two snapshots long.
      run.Live({.plan = plans[i], .power_cut = rng.Below(2) == 0, .rows_min = 9'000});
    }
    if (!run.broken()) run.End();
    total.Add(run.report());
    ASSERT_FALSE(run.broken()) << "DYNA_CHAOS_SEED=" << Seed() << '\n' << run.report().text();
  }
  for (const Point point : kFailing) {
    const auto at = static_cast<std::size_t>(point);
    EXPECT_GT(total.hits.fired[at], 0U) << kPointNames[at];
  }
  std::cout << total.text();
}

}  // namespace
}  // namespace dyna::chaos
