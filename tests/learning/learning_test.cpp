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

}  // namespace
}  // namespace dyna
