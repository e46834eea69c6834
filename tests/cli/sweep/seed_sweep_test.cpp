#include "cli/sweep/seed_sweep.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "cli/sweep/seed_list.hpp"
#include "common/core/error.hpp"
#include "tests/support/temporary_folder.hpp"

namespace dyna::cli {
namespace {

using Seeds = std::vector<std::int64_t>;

TEST(ParseSeedsTest, RangesAndListsInTheirOrder) {
  EXPECT_EQ(ParseSeeds("0..4"), (Seeds{0, 1, 2, 3, 4}));
  EXPECT_EQ(ParseSeeds("7"), (Seeds{7}));
  EXPECT_EQ(ParseSeeds("11,3,5..6"), (Seeds{11, 3, 5, 6}));
  EXPECT_EQ(ParseSeeds("9223372036854775807"), (Seeds{9223372036854775807}));
  EXPECT_EQ(ParseSeeds("9223372036854775806..9223372036854775807").size(), 2U);
}

TEST(ParseSeedsTest, AnythingElseIsRefusedInItsOwnWords) {
  for (const char* text : {"", ",", "1,", "a", "-1", "1..", "..4", "4..1", "1,1", "0..3,2", "1.5",
                           "0..1000", "0...3", "0..99999999999999", "99999999999999999999"}) {
    try {
      (void)ParseSeeds(text);
      ADD_FAILURE() << "'" << text << "' is not refused";
    } catch (const OperatorError& error) {
      EXPECT_NE(std::string(error.what()).find("--seeds " + std::string(text)), std::string::npos)
          << error.what();
    }
  }
}

/// A sweep of shell scripts in place of training.
class SeedSweepTest : public testing::Test {
 protected:
  SeedSweep::Run Script(std::int64_t seed, const std::string& script) {
    const auto folder = folder_ / ("run_seed" + std::to_string(seed));
    return {.seed = seed,
            .folder = folder,
            .arguments = {"/bin/sh", "-c", script, "sh", folder.string()}};
  }
  static std::vector<SeedSweep::Ended> RunToEnd(SeedSweep& sweep) {
    std::vector<SeedSweep::Ended> all;
    while (!sweep.finished()) {
      for (auto& ended : sweep.Tend()) all.push_back(std::move(ended));
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return all;
  }

  testing_support::TemporaryFolder folder_;
};

TEST_F(SeedSweepTest, EveryRunEndsWithItsOwnStatusAndLastWords) {
  SeedSweep sweep({Script(0, "touch $1/config.toml; echo fine"),
                   Script(1, "touch $1/config.toml; echo one; echo two >&2; exit 1"),
                   Script(2, "touch $1/config.toml; kill -9 $$")},
                  2);
  const auto ended = RunToEnd(sweep);
  ASSERT_EQ(ended.size(), 3U);
  for (const auto& run : ended) {
    const bool by_seed[] = {run.status == 0 && run.last_words == "fine",
                            run.status == 1 && run.last_words == "two", run.status == 137};
    EXPECT_TRUE(by_seed[run.run->seed]) << run.run->seed << " " << run.status << run.last_words;
    EXPECT_FALSE(run.refused);
  }
}

TEST_F(SeedSweepTest, NeverMoreAtOnceThanAllowed) {
  // Each counts those beside it by their folders' marks.
  const std::string script =
      "touch $1/config.toml $1/running; sleep 0.05; "
      "[ $(ls -d $1/../*/running | wc -l) -le 2 ] || exit 9; rm $1/running";
  std::vector<SeedSweep::Run> runs;
  for (std::int64_t seed = 0; seed < 6; ++seed) runs.push_back(Script(seed, script));
  SeedSweep sweep(std::move(runs), 2);
  const auto ended = RunToEnd(sweep);
  ASSERT_EQ(ended.size(), 6U);
  for (const auto& run : ended) EXPECT_EQ(run.status, 0) << run.run->seed;
}

TEST_F(SeedSweepTest, ARefusedRunLeavesNothingBehind) {
  SeedSweep sweep({Script(0, "echo 'dyna: run.sede is not a key' >&2; exit 2")}, 1);
  const auto ended = RunToEnd(sweep);
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_TRUE(ended[0].refused);
  EXPECT_EQ(ended[0].last_words, "dyna: run.sede is not a key");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "run_seed0"));
}

TEST_F(SeedSweepTest, StopTellsTheRunningAndStartsNoMore) {
  const std::string script =
      "trap 'touch $1/saved; exit 1' TERM; touch $1/config.toml; while :; do sleep 0.01; done";
  SeedSweep sweep({Script(0, script), Script(1, script)}, 1);
  (void)sweep.Tend();
  while (!std::filesystem::exists(folder_ / "run_seed0" / "config.toml")) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  sweep.Stop();
  const auto ended = RunToEnd(sweep);
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "run_seed0" / "saved"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "run_seed1"));
  EXPECT_EQ(sweep.waiting(), 1U);
}

TEST_F(SeedSweepTest, AFolderWithARunIsRefusedBeforeAnythingStarts) {
  std::filesystem::create_directories(folder_ / "run_seed1");
  std::ofstream(folder_ / "run_seed1" / "config.toml") << "\n";
  EXPECT_THROW(SeedSweep({Script(0, "true"), Script(1, "true")}, 1), OperatorError);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "run_seed0"));
}

}  // namespace
}  // namespace dyna::cli
