#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/integration/dyna_program.hpp"
#include "tests/integration/small_runs.hpp"

namespace dyna {
namespace {

using testing_support::ReadText;
using testing_support::RowsWithoutClock;
using testing_support::RunDyna;
using testing_support::SmallRun;
using testing_support::SmallRunNamed;
using testing_support::SmallRuns;
using testing_support::TemporaryFolder;
using testing_support::WriteText;

class TrainTest : public testing::TestWithParam<SmallRun> {
 protected:
  std::vector<std::vector<std::string>> Train(const std::string& out, const std::string& seed) {
    const auto config = folder_ / "config.toml";
    WriteText(config, GetParam().config);
    const auto result = RunDyna(
        {"train", "--config", config.string(), "--seed", seed, "--out", (folder_ / out).string()});
    EXPECT_EQ(result.status, 0) << result.output;
    return RowsWithoutClock(folder_ / out / "progress.csv");
  }

  TemporaryFolder folder_;
};

TEST_P(TrainTest, TheSameSeedGivesTheSameBytesAndAnotherSeedDoesNot) {
  const auto first = Train("a", "11");
  EXPECT_EQ(first, Train("b", "11"));
  EXPECT_EQ(RowsWithoutClock(folder_ / "a" / "episodes.csv"),
            RowsWithoutClock(folder_ / "b" / "episodes.csv"));
  EXPECT_NE(first, Train("c", "12"));
}

TEST_P(TrainTest, ProgressHasTheFixedColumnsAndOneRowPerEvaluation) {
  const auto rows = Train("run", "1");
  const std::vector<std::string> fixed = {"env_steps",       "updates",        "model_trainings",
                                          "synthetic_steps", "rollout_length", "eval_return_mean",
                                          "eval_return_std", "eval_episodes",  "model_holdout_mse",
                                          "critic_loss"};
  for (const auto& column : fixed) {
    EXPECT_EQ(std::count(rows[0].begin(), rows[0].end(), column), 1) << column;
  }
  for (const auto& row : rows) EXPECT_EQ(row.size(), rows[0].size());
  EXPECT_EQ(rows[1][0], "0");
  const auto steps = rows.back()[0];
  EXPECT_NE(std::string(GetParam().config).find("steps = " + steps), std::string::npos);
  // Something was learned from something: the last critic loss is a number.
  const auto column = std::find(rows[0].begin(), rows[0].end(), "critic_loss") - rows[0].begin();
  EXPECT_TRUE(std::isfinite(std::stod(rows.back()[static_cast<std::size_t>(column)])));
}

TEST_P(TrainTest, EvalPlaysTheTrainedPolicyAndRepeatsItself) {
  Train("run", "1");
  const auto run = (folder_ / "run").string();
  const auto first = RunDyna({"eval", run, "--episodes", "3", "--seed", "5"});
  EXPECT_EQ(first.status, 0) << first.output;
  EXPECT_NE(first.output.find("over 3 episodes"), std::string::npos) << first.output;
  EXPECT_EQ(RunDyna({"eval", run, "--episodes", "3", "--seed", "5"}).output, first.output);
}

INSTANTIATE_TEST_SUITE_P(SmallRuns, TrainTest, testing::ValuesIn(SmallRuns()),
                         [](const auto& run) { return std::string(run.param.name); });

TEST(RunFolderTest, TheEffectiveConfigAloneMakesTheRunAgain) {
  TemporaryFolder folder;
  WriteText(folder / "config.toml", SmallRunNamed("dyna_dqn").config);
  ASSERT_EQ(RunDyna({"train", "--config", (folder / "config.toml").string(), "--out",
                     (folder / "a").string()})
                .status,
            0);
  const auto again = RunDyna({"train", "--config", (folder / "a" / "config.toml").string(), "--out",
                              (folder / "b").string()});
  ASSERT_EQ(again.status, 0) << again.output;
  EXPECT_EQ(RowsWithoutClock(folder / "a" / "progress.csv"),
            RowsWithoutClock(folder / "b" / "progress.csv"));
  EXPECT_NE(ReadText(folder / "a" / "config.toml").find("seed = 4"), std::string::npos);
}

}  // namespace
}  // namespace dyna
