#include <gtest/gtest.h>

#include <csignal>

#include "common/core/rng.hpp"
#include "tests/integration/dyna_program.hpp"
#include "tests/integration/small_runs.hpp"

namespace dyna {
namespace {

using testing_support::DynaProcess;
using testing_support::ReadText;
using testing_support::RowsWithoutClock;
using testing_support::RunDyna;
using testing_support::SmallRun;
using testing_support::SmallRunNamed;
using testing_support::SmallRuns;
using testing_support::TemporaryFolder;
using testing_support::WriteText;

class ResumeTest : public testing::TestWithParam<SmallRun> {
 protected:
  ResumeTest() {
    WriteText(folder_ / "config.toml", GetParam().config);
    const auto result = RunDyna(TrainArguments("whole"));
    EXPECT_EQ(result.status, 0) << result.output;
  }

  std::vector<std::string> TrainArguments(const std::string& out) const {
    return {"train", "--config", (folder_ / "config.toml").string(), "--out",
            (folder_ / out).string()};
  }
  std::vector<std::string> ResumeArguments(const std::string& out) const {
    return {"train", "--resume", (folder_ / out).string()};
  }
  void ExpectSameAsWhole(const std::string& out) const {
    for (const char* file : {"progress.csv", "episodes.csv"}) {
      EXPECT_EQ(RowsWithoutClock(folder_ / "whole" / file), RowsWithoutClock(folder_ / out / file))
          << file;
    }
  }

  TemporaryFolder folder_;
};

TEST_P(ResumeTest, KilledAtRandomMomentsItEndsAsTheUninterruptedRun) {
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed=" << seed);
    Rng rng(seed, "resume_test");
    const std::string out = "killed" + std::to_string(seed);
    std::vector<std::string> arguments = TrainArguments(out);
    int kills = 0;
    for (int session = 0; session < 50; ++session) {
      DynaProcess process(arguments);
      // Later sessions get more time, so that the run ends however slow the machine is.
      const auto patience = std::chrono::milliseconds(50 + rng.Below(400) + session * 100);
      const bool ended = process.EndsWithin(patience);
      if (!ended) process.Signal(SIGKILL);
      const auto result = process.Wait();
      if (result.status == 0) break;
      ASSERT_EQ(result.status, 128 + SIGKILL) << result.output;
      ++kills;
      // Killed before its first checkpoint, a run has nothing to resume: it begins again.
      const bool begun = std::filesystem::exists(folder_ / out / "checkpoints") &&
                         !std::filesystem::is_empty(folder_ / out / "checkpoints") &&
                         RunDyna({"eval", (folder_ / out).string(), "--episodes", "1"}).status == 0;
      if (!begun) std::filesystem::remove_all(folder_ / out);
      arguments = begun ? ResumeArguments(out) : TrainArguments(out);
    }
    EXPECT_GT(kills, 0) << "the test never killed the run";
    ExpectSameAsWhole(out);
  }
}

TEST_P(ResumeTest, CtrlCSavesSaysHowToGoOnAndLosesNothing) {
  auto arguments = TrainArguments("stopped");
  DynaProcess process(arguments);
  // Stop it as soon as it has begun.
  while (!std::filesystem::exists(folder_ / "stopped" / "checkpoints") &&
         !process.EndsWithin(std::chrono::milliseconds(5))) {
  }
  process.Signal(SIGINT);
  const auto result = process.Wait();
  if (result.status != 0) {  // 0: it was done before the signal came
    EXPECT_EQ(result.status, 1) << result.output;
    EXPECT_NE(result.output.find("dyna train --resume " + (folder_ / "stopped").string()),
              std::string::npos)
        << result.output;
    const auto resumed = RunDyna(ResumeArguments("stopped"));
    EXPECT_EQ(resumed.status, 0) << resumed.output;
  }
  ExpectSameAsWhole("stopped");
}

TEST_P(ResumeTest, ATornNewestCheckpointFallsBackToThePreviousOne) {
  std::filesystem::copy(folder_ / "whole", folder_ / "torn",
                        std::filesystem::copy_options::recursive);
  std::filesystem::path newest;
  for (const auto& file : std::filesystem::directory_iterator(folder_ / "torn" / "checkpoints")) {
    newest = std::max(newest, file.path());
  }
  std::filesystem::resize_file(newest, std::filesystem::file_size(newest) - 1);
  const auto result = RunDyna(ResumeArguments("torn"));
  EXPECT_EQ(result.status, 0) << result.output;
  EXPECT_NE(result.output.find("warning: checkpoint '" + newest.string()), std::string::npos)
      << result.output;
  ExpectSameAsWhole("torn");
}

INSTANTIATE_TEST_SUITE_P(SmallRuns, ResumeTest, testing::ValuesIn(SmallRuns()),
                         [](const auto& run) { return std::string(run.param.name); });

TEST(ResumeExtendTest, ACompleteRunGoesOnToMoreSteps) {
  TemporaryFolder folder;
  WriteText(folder / "config.toml", SmallRunNamed("prioritized_sweeping").config);
  const auto out = (folder / "run").string();
  ASSERT_EQ(RunDyna({"train", "--config", (folder / "config.toml").string(), "--out", out}).status,
            0);
  const auto longer = RunDyna({"train", "--resume", out, "--steps", "600"});
  EXPECT_EQ(longer.status, 0) << longer.output;
  EXPECT_EQ(RowsWithoutClock(folder / "run" / "progress.csv").back()[0], "600");
}

}  // namespace
}  // namespace dyna
