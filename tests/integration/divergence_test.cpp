#include <gtest/gtest.h>

#include "tests/integration/dyna_program.hpp"
#include "tests/integration/small_runs.hpp"

namespace dyna {
namespace {

using testing_support::RunDyna;
using testing_support::SmallRunNamed;
using testing_support::TemporaryFolder;
using testing_support::WriteText;

TEST(DivergenceTest, ADivergingCriticStopsTheRunWithACheckpointThatStillPlays) {
  TemporaryFolder folder;
  const auto config = folder / "config.toml";
  const auto run = folder / "run";
  WriteText(config, SmallRunNamed("mbpo").config);
  const auto result = RunDyna({"train", "--config", config.string(), "--out", run.string(), "--set",
                               "learner.learning_rate=1", "--set", "run.steps=100000", "--set",
                               "run.checkpoint_every=0"});
  EXPECT_EQ(result.status, 1) << result.output;
  EXPECT_NE(result.output.find("the learner diverged: "), std::string::npos) << result.output;
  EXPECT_NE(result.output.find("_loss = "), std::string::npos) << result.output;
  EXPECT_NE(result.output.find("last good state is saved in " + (run / "checkpoints").string()),
            std::string::npos)
      << result.output;
  const auto played = RunDyna({"eval", run.string(), "--episodes", "2"});
  EXPECT_EQ(played.status, 0) << played.output;
  EXPECT_EQ(played.output.find("nan"), std::string::npos) << played.output;
  // Nothing has changed, so going on ends the same way instead of hiding it.
  EXPECT_EQ(RunDyna({"train", "--resume", run.string()}).status, 1);
}

}  // namespace
}  // namespace dyna
