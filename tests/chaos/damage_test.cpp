#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/chaos/chaos_env.hpp"

// Files that rot after they were written: the shard says which and where, and never starts as if
// nothing were missing.

namespace dyna::chaos {
namespace {

namespace fs = std::filesystem;

class DamageTest : public testing::Test {
 protected:
  /// One life's rows, all acknowledged.
  void Fill(const std::string& replay) {
    ChaosRun::Options options = RealShard(Seed());
    options.replay = replay;
    options.load.deaths_per_turn = 0;  // every row that was sent is acknowledged in the end
    run_ = std::make_unique<ChaosRun>(options);
    run_->Live({.rows_min = 16'000});
    run_->End();
    ASSERT_FALSE(run_->broken()) << run_->report().text();
  }
  std::vector<fs::path> Files(const std::string& suffix) const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(run_->disk().folder())) {
      if (entry.path().extension() == suffix) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
  }
  /// One that is not the last of the log or of its life: all of it was followed by a sync.
  fs::path OldSegment() {
    const auto files = Files(".seg");
    EXPECT_GE(files.size(), 4U);
    return files.at(rng_.Below(files.size() - 2));
  }
  void Flip(const fs::path& path) {
    const auto at = static_cast<std::streamoff>(rng_.Below(fs::file_size(path)));
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(at);
    const int byte = file.get();
    file.seekp(at);
    file.put(static_cast<char>(byte ^ (1 << rng_.Below(8))));
  }
  void ExpectRefusalOf(const fs::path& path) {
    const auto look = run_->LookIn("");
    EXPECT_EQ(look.status, 2) << look.output;
    EXPECT_NE(look.output.find(path.string()), std::string::npos) << look.output;
  }

  std::unique_ptr<ChaosRun> run_;
  Rng rng_{Seed(), "damage"};
};

TEST_F(DamageTest, AFlippedBitOfAnOldSegmentIsRefusedNamingTheFile) {
  Fill("snapshot_mib = 1000\nsegment_mib = 1\n");
  for (int i = 0; i < 5; ++i) {
    const fs::path path = OldSegment();
    const fs::path kept = run_->disk().side() / "kept";
    fs::copy_file(path, kept);
    Flip(path);
    ExpectRefusalOf(path);
    fs::rename(kept, path);
  }
  EXPECT_TRUE(run_->LookIn("").found.violations.empty()) << "as before the damage";
}

TEST_F(DamageTest, ATruncatedOldSegmentIsRefusedAndSalvagedOnlyIfTold) {
  Fill("snapshot_mib = 1000\nsegment_mib = 1\n");
  const auto whole = run_->LookIn("").found;
  const fs::path path = OldSegment();
  fs::resize_file(path, rng_.Below(fs::file_size(path)));
  const auto look = run_->LookIn("");
  EXPECT_EQ(look.status, 2) << look.output;
  const auto salvaged = run_->LookIn("replay.salvage=true");
  ASSERT_FALSE(salvaged.status) << salvaged.output;
  EXPECT_NE(salvaged.output.find("event=damage"), std::string::npos) << salvaged.output;
  EXPECT_NE(salvaged.output.find(path.string()), std::string::npos) << salvaged.output;
  EXPECT_GT(salvaged.found.lost, 0U);
  EXPECT_EQ(salvaged.found.rows + salvaged.found.lost, whole.rows);
  EXPECT_EQ(salvaged.found.corrupt + salvaged.found.doubled, 0U);
}

TEST_F(DamageTest, ADamagedNewestSnapshotIsReportedAndTheOneBeforeItLosesNothing) {
  Fill("snapshot_mib = 1\nsegment_mib = 1\n");
  const auto snapshots = Files(".state");
  ASSERT_GE(snapshots.size(), 2U);
  Flip(snapshots.back());
  const auto look = run_->LookIn("");
  ASSERT_FALSE(look.status) << look.output;
  EXPECT_NE(look.output.find(snapshots.back().string()), std::string::npos) << look.output;
  EXPECT_TRUE(look.found.violations.empty()) << look.found.text();
}

TEST_F(DamageTest, WithoutARightSnapshotItRefusesRatherThanServeTheRest) {
  Fill("snapshot_mib = 1\nsegment_mib = 1\n");
  for (const fs::path& path : Files(".state")) Flip(path);
  const auto look = run_->LookIn("");
  EXPECT_EQ(look.status, 2) << look.output;
  EXPECT_NE(look.output.find("are missing"), std::string::npos) << look.output;
}

}  // namespace
}  // namespace dyna::chaos
