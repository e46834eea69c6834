// Recorded transitions as a user handles them: out of a run, into a run, and training on nothing
// else. And `dyna diagnose`.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "tests/integration/dyna_program.hpp"
#include "tests/integration/small_runs.hpp"

namespace dyna {
namespace {

namespace fs = std::filesystem;
using testing_support::ProgramResult;
using testing_support::ReadText;
using testing_support::RowsWithoutClock;
using testing_support::RunDyna;
using testing_support::SmallRunNamed;
using testing_support::TemporaryFolder;
using testing_support::WriteText;

std::string Cell(const std::vector<std::vector<std::string>>& rows, std::size_t row,
                 const std::string& column) {
  const auto at = std::find(rows[0].begin(), rows[0].end(), column) - rows[0].begin();
  return rows.at(row).at(static_cast<std::size_t>(at));
}

void ExpectParts(const ProgramResult& result, int status, const std::vector<std::string>& parts) {
  EXPECT_EQ(result.status, status) << result.output;
  for (const std::string& part : parts) {
    EXPECT_NE(result.output.find(part), std::string::npos)
        << part << " is not in: " << result.output;
  }
}

/// A finished run of a few hundred steps.
class DataTest : public testing::Test {
 protected:
  void SetUp() override { Record("mbpo"); }

  /// Trains the small run of that name into RUN.
  void Record(std::string_view name) {
    WriteText(config_, SmallRunNamed(name).config);
    fs::remove_all(run_);
    Expect({"train", "--config", config_.string(), "--out", run_.string()});
  }
  ProgramResult Expect(const std::vector<std::string>& arguments) {
    ProgramResult result = RunDyna(arguments);
    EXPECT_EQ(result.status, 0) << result.output;
    return result;
  }
  ProgramResult Export(const std::string& name) {
    return Expect({"data", "export", run_.string(), "--out", (folder_ / name).string()});
  }
  ProgramResult TrainOffline(const std::string& out, std::vector<std::string> files,
                             const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {
        "train", "--config", config_.string(), "--out", (folder_ / out).string(), "--offline"};
    for (const std::string& file : files) arguments.push_back((folder_ / file).string());
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunDyna(arguments);
  }

  TemporaryFolder folder_;
  fs::path config_ = folder_ / "config.toml";
  fs::path run_ = folder_ / "run";
};

TEST_F(DataTest, ARunThatIsExportedIsTheSameInBothFormats) {
  ExpectParts(Export("a.npz"), 0, {"260 real transitions of Pendulum-v1"});
  Export("a.hdf5");
  // The same rows train the same run.
  EXPECT_EQ(TrainOffline("from_npz", {"a.npz"}).status, 0);
  EXPECT_EQ(TrainOffline("from_hdf5", {"a.hdf5"}).status, 0);
  EXPECT_EQ(RowsWithoutClock(folder_ / "from_npz" / "progress.csv"),
            RowsWithoutClock(folder_ / "from_hdf5" / "progress.csv"));
}

TEST_F(DataTest, AnOfflineRunTakesNoStepAndResumesWithoutItsFile) {
  Export("a.npz");
  ASSERT_EQ(TrainOffline("whole", {"a.npz"}, {"--steps", "100"}).status, 0);
  ASSERT_EQ(TrainOffline("half", {"a.npz"}, {"--steps", "50"}).status, 0);
  fs::remove(folder_ / "a.npz");
  Expect({"train", "--resume", (folder_ / "half").string(), "--steps", "100"});
  const auto rows = RowsWithoutClock(folder_ / "whole" / "progress.csv");
  EXPECT_EQ(rows, RowsWithoutClock(folder_ / "half" / "progress.csv"));
  const std::size_t last = rows.size() - 1;
  EXPECT_EQ(Cell(rows, last, "env_steps"), "100");
  EXPECT_EQ(Cell(rows, last, "offline_rows"), "260");
  EXPECT_EQ(Cell(rows, last, "updates"), "200");
  EXPECT_EQ(Cell(rows, last, "model_trainings"), "1");
  EXPECT_EQ(Cell(rows, last, "synthetic_steps"), "1800");  // at 0, 40 and 80: 200 of 3 steps
  EXPECT_EQ(Cell(rows, last, "train_episodes"), "0");
  EXPECT_EQ(RowsWithoutClock(folder_ / "whole" / "episodes.csv").size(), 1U);
}

TEST_F(DataTest, AQNetworkLearnsOfflineToo) {
  Record("dyna_dqn");
  Export("cartpole.hdf5");
  ASSERT_EQ(TrainOffline("offline", {"cartpole.hdf5"}).status, 0);
  const auto rows = RowsWithoutClock(folder_ / "offline" / "progress.csv");
  EXPECT_EQ(Cell(rows, rows.size() - 1, "updates"), "150");
}

TEST_F(DataTest, ImportedRowsAreInTheRunAndItGoesOn) {
  Export("a.npz");
  ExpectParts(RunDyna({"data", "import", (folder_ / "a.npz").string(), "--into", run_.string()}), 0,
              {"260 transitions are in its real table", "dyna train --resume"});
  ExpectParts(Export("b.npz"), 0, {"520 real transitions"});
  Expect({"train", "--resume", run_.string(), "--steps", "300"});
  const auto rows = RowsWithoutClock(run_ / "progress.csv");
  // 40 steps more pay for two updates each; the imported rows for none but those of one step.
  const double updates = std::stod(Cell(rows, rows.size() - 1, "updates"));
  EXPECT_GE(updates, 480.0);
  EXPECT_LE(updates, 482.0);
  ExpectParts(Export("c.npz"), 0, {"560 real transitions"});
}

TEST_F(DataTest, WhatDoesNotFitStopsTheRunBeforeItBegins) {
  Export("a.npz");
  Record("dyna_dqn");
  ExpectParts(TrainOffline("no", {"a.npz"}), 2,
              {"a.npz': 'observations' has shape [260, 3], not [260, 4]"});
  ExpectParts(TrainOffline("no", {"gone.npz"}), 2, {"gone.npz': there is no such file"});
  ExpectParts(TrainOffline("no", {"a.npz"}, {"--set", "data.model_trainings=0"}), 2,
              {"data.model_trainings"});
  EXPECT_FALSE(fs::exists(folder_ / "no"));
  const std::string before = ReadText(run_ / "progress.csv");
  ExpectParts(RunDyna({"data", "import", (folder_ / "a.npz").string(), "--into", run_.string()}), 2,
              {"'observations' has shape [260, 3], not [260, 4]"});
  EXPECT_EQ(ReadText(run_ / "progress.csv"), before);
  ExpectParts(RunDyna({"data", "export", run_.string(), "--out", (folder_ / "a.csv").string()}), 2,
              {"its ending '.csv' is not .npz, .hdf5 or .h5"});
}

TEST_F(DataTest, DiagnoseWritesATableOfEveryHorizonAndColumn) {
  const auto result =
      RunDyna({"diagnose", run_.string(), "--steps", "5", "--episodes", "2", "--starts", "20"});
  ExpectParts(result, 0, {"2 new episodes, 20 starts", "each column, 5 steps ahead", "reward"});
  const auto rows = RowsWithoutClock(run_ / "model_error.csv");
  ASSERT_EQ(rows.size(), 1U + 5U * 5U);  // obs, obs0, obs1, obs2, reward
  for (std::size_t i = 1; i < rows.size(); ++i) {
    EXPECT_GT(std::stod(Cell(rows, i, "nrmse")), 0.0);
    const double wide = std::stod(Cell(rows, i, "coverage_90"));
    EXPECT_LE(std::stod(Cell(rows, i, "coverage_50")), wide);
    EXPECT_LE(wide, 1.0);
  }
  const std::string text = ReadText(run_ / "model_error.csv");
  EXPECT_EQ(
      RunDyna({"diagnose", run_.string(), "--steps", "5", "--episodes", "2", "--starts", "20"})
          .output,
      result.output);
  EXPECT_EQ(ReadText(run_ / "model_error.csv"), text);
  ExpectParts(RunDyna({"diagnose", run_.string(), "--steps", "41"}), 2,
              {"--steps 41 is beyond every episode: at most 40"});
  Record("prioritized_sweeping");
  ExpectParts(RunDyna({"diagnose", run_.string()}), 2, {"holds no dynamics model"});
}

}  // namespace
}  // namespace dyna
