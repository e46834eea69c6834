#include <gtest/gtest.h>
#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <string>

#include "tests/integration/cluster_run.hpp"

namespace dyna {
namespace {

using namespace testing_support;  // NOLINT(google-build-using-namespace)

class ClusterTest : public ClusterRun {};

TEST_F(ClusterTest, TrainsToTheEndAtItsRatiosWithWorkersOfEveryKind) {
  const auto result =
      RunDyna(LaunchArguments(260, {"--actors", "2", "--imagination", "2", "--shards", "2"}));
  ASSERT_EQ(result.status, 0) << result.output;
  const auto rows = Rows();
  EXPECT_EQ(At(rows, rows.size() - 1, "env_steps"), 260);
  EXPECT_EQ(At(rows, rows.size() - 1, "updates"), kUpdatesPerStep * (260 - kRandomSteps));
  EXPECT_GE(At(rows, rows.size() - 1, "model_trainings"), 2);
  EXPECT_GT(At(rows, rows.size() - 1, "synthetic_steps"), kRound);
  ExpectRatiosHeld();
  // Each of the actors played.
  const auto episodes = ReadText(run() / "episodes.csv");
  EXPECT_NE(episodes.find("actor-0,"), std::string::npos);
  EXPECT_NE(episodes.find("actor-1,"), std::string::npos);
  // The folder is a run folder like any other.
  const auto eval = RunDyna({"eval", run().string(), "--episodes", "2"});
  EXPECT_EQ(eval.status, 0) << eval.output;
}

TEST_F(ClusterTest, AModelFreeRunHasNoModelServer) {
  const auto result =
      RunDyna(LaunchArguments(200, {"--set", "imagination.rollout_schedule=[0, 1, 0, 0]"}));
  ASSERT_EQ(result.status, 0) << result.output;
  EXPECT_FALSE(fs::exists(run() / "logs" / "model-server-0.log"));
  const auto rows = Rows();
  EXPECT_EQ(At(rows, rows.size() - 1, "updates"), kUpdatesPerStep * (200 - kRandomSteps));
}

TEST_F(ClusterTest, KilledProcessesComeBackAndTheRunEndsAtItsRatios) {
  DynaProcess launch(LaunchArguments(900, {"--actors", "2"}));
  int step = 100;
  for (const char* victim :
       {"actor-0", "imagination-0", "model-server-0", "learner-0", "evaluator-0"}) {
    SCOPED_TRACE(victim);
    ASSERT_TRUE(Reaches(step)) << launch.Wait(std::chrono::seconds(0)).output;
    const pid_t before = PidOf(victim);
    ASSERT_GT(before, 0);
    ASSERT_EQ(::kill(before, SIGKILL), 0);
    step += 100;
  }
  const auto result = launch.Wait();
  ASSERT_EQ(result.status, 0) << result.output;
  EXPECT_NE(result.output.find("actor-0 ended with status 137"), std::string::npos);
  const auto rows = Rows();
  EXPECT_EQ(At(rows, rows.size() - 1, "env_steps"), 900);
  // A learner that came back gives up the updates that fell due meanwhile; none are made twice.
  EXPECT_LE(At(rows, rows.size() - 1, "updates"), kUpdatesPerStep * (900 - kRandomSteps));
  ExpectRatiosHeld();
}

TEST_F(ClusterTest, AMistakeInOneRolesKeysStopsTheLaunchInThatRolesWords) {
  const auto result = RunDyna(LaunchArguments(260, {"--set", "learner.gama=0.9"}));
  EXPECT_EQ(result.status, 2);
  EXPECT_NE(result.output.find("unknown key 'learner.gama'; did you mean 'learner.gamma'"),
            std::string::npos)
      << result.output;
}

}  // namespace
}  // namespace dyna
