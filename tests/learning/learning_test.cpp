#include <gtest/gtest.h>

#include <algorithm>

#include "tests/integration/dyna_program.hpp"

namespace dyna {
namespace {

/// The quickstart's experiment, cut to 1,200 real steps: a random policy scores about -1,230, a
/// policy that swings up and balances -150.
TEST(LearningTest, PendulumIsSolvedMostlyInImaginationWithinTwelveHundredRealSteps) {
  testing_support::TemporaryFolder folder;
  const auto result = testing_support::RunDyna(
      {"train", "--config", DYNA_SOURCE_DIR "/configs/pendulum_mbpo.toml", "--steps", "1200",
       "--set", "compute.threads=1", "--out", (folder / "run").string()});
  ASSERT_EQ(result.status, 0) << result.output;
  const auto rows = testing_support::RowsWithoutClock(folder / "run" / "progress.csv");
  const auto column =
      std::find(rows[0].begin(), rows[0].end(), "eval_return_mean") - rows[0].begin();
  double best = -1e9;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    best = std::max(best, std::stod(rows[i][static_cast<std::size_t>(column)]));
  }
  EXPECT_GE(best, -250.0) << result.output;
}

/// A thousand steps of random actions, written to a file, and nothing else: the policy that comes
/// of them is far better than what collected them.
TEST(LearningTest, PendulumIsLearnedFromRecordedRandomStepsAlone) {
  testing_support::TemporaryFolder folder;
  const std::string run = (folder / "random").string();
  const std::string file = (folder / "random.hdf5").string();
  const std::vector<std::string> config = {"train", "--config",
                                           DYNA_SOURCE_DIR "/configs/pendulum_mbpo.toml", "--set",
                                           "compute.threads=1"};
  const auto expect = [](std::vector<std::string> arguments, const std::vector<std::string>& more) {
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto result = testing_support::RunDyna(arguments);
    ASSERT_EQ(result.status, 0) << result.output;
  };
  expect(config, {"--steps", "1000", "--set", "actor.random_steps=1000", "--out", run});
  expect({"data", "export", run, "--out", file}, {});
  expect(config, {"--offline", file, "--steps", "500", "--set", "run.eval_every=100", "--set",
                  "model.steps_max=3000", "--out", (folder / "offline").string()});
  const auto rows = testing_support::RowsWithoutClock(folder / "offline" / "progress.csv");
  const auto column =
      std::find(rows[0].begin(), rows[0].end(), "eval_return_mean") - rows[0].begin();
  const auto return_of = [&](std::size_t row) {
    return std::stod(rows.at(row).at(static_cast<std::size_t>(column)));
  };
  EXPECT_LE(return_of(1), -800.0);  // before any update
  EXPECT_GE(return_of(rows.size() - 1), -500.0);
}

}  // namespace
}  // namespace dyna
