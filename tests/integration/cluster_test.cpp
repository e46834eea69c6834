#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <thread>

#include "tests/integration/dyna_program.hpp"

namespace dyna {
namespace {

namespace fs = std::filesystem;
using testing_support::DynaProcess;
using testing_support::ReadText;
using testing_support::RowsWithoutClock;
using testing_support::RunDyna;
using testing_support::TemporaryFolder;
using testing_support::WriteText;

constexpr int kUpdatesPerStep = 2;
constexpr int kRandomSteps = 60;
constexpr int kRound = 200 * 3;  // rollouts times their greatest length
constexpr int kTrainEvery = 40;

std::string SmallConfig(int steps) {
  return "[run]\nseed = 3\nsteps = " + std::to_string(steps) + R"(
epoch_steps = 40
eval_every = 50
eval_episodes = 2
checkpoint_every = 35
[env]
name = "Pendulum-v1"
max_episode_steps = 40
[actor]
random_steps = 60
[model]
members = 3
elites = 2
hidden = [16, 16]
train_every = 40
epochs_max = 4
[imagination]
rollout_schedule = [0, 4, 1, 3]
rollout_batch = 200
[learner]
algorithm = "sac"
updates_per_step = 2
batch_size = 32
hidden = [16, 16]
)";
}

class ClusterTest : public testing::Test {
 protected:
  std::vector<std::string> LaunchArguments(int steps, std::vector<std::string> more = {}) {
    WriteText(folder_ / "config.toml", SmallConfig(steps));
    std::vector<std::string> arguments = {"launch", "--config", (folder_ / "config.toml").string(),
                                          "--out", run().string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  fs::path run() const { return folder_ / "run"; }

  /// The process of this run's cluster with this instance name; 0 if there is none now.
  pid_t PidOf(const std::string& instance) const {
    for (const auto& entry : fs::directory_iterator("/proc")) {
      std::ifstream file(entry.path() / "cmdline", std::ios::binary);
      const std::string line{std::istreambuf_iterator<char>(file), {}};
      const bool ours = line.find((folder_ / "config.toml").string()) != std::string::npos;
      if (!ours || line.find("cluster.instance=" + instance + '\0') == std::string::npos) continue;
      return std::stoi(entry.path().filename());
    }
    return 0;
  }
  /// Waits until progress.csv has a row at or after this real step.
  bool Reaches(int step, std::chrono::seconds patience = std::chrono::seconds(60)) const {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < end) {
      const auto rows = Rows();
      if (rows.size() > 1 && std::stoi(rows.back()[0]) >= step) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
  }
  std::vector<std::vector<std::string>> Rows() const {
    if (!fs::exists(run() / "progress.csv")) return {};
    auto rows = RowsWithoutClock(run() / "progress.csv");
    const auto whole = [](const auto& row) { return row.size() > 6; };
    rows.erase(std::find_if_not(rows.begin(), rows.end(), whole), rows.end());
    return rows;
  }
  /// A cell of a row of progress.csv.
  static double At(const std::vector<std::vector<std::string>>& rows, std::size_t row,
                   const std::string& column) {
    const auto at = std::find(rows[0].begin(), rows[0].end(), column) - rows[0].begin();
    return std::stod(rows.at(row).at(static_cast<std::size_t>(at)));
  }
  /// In every row: updates and imagined rows within what the real steps have earned (promise P4).
  void ExpectRatiosHeld(double updates_slack = 0.0) const {
    const auto rows = Rows();
    ASSERT_GT(rows.size(), 2U);
    for (std::size_t i = 1; i < rows.size(); ++i) {
      const double learned = std::max(0.0, At(rows, i, "env_steps") - kRandomSteps);
      // The row says which steps its policy had learned from; a few more have come since.
      const double since = 40.0;
      EXPECT_LE(At(rows, i, "updates"), kUpdatesPerStep * (learned + since) + updates_slack);
      EXPECT_LE(At(rows, i, "synthetic_steps"),
                static_cast<double>(kRound) / kTrainEvery * (learned + since) + kRound);
    }
  }

  TemporaryFolder folder_;
};

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

TEST_F(ClusterTest, AStoppedRoleStopsTheOthersWithinTheirSlackAndSaysWhy) {
  DynaProcess launch(LaunchArguments(100'000, {"--actors", "2"}));
  ASSERT_TRUE(Reaches(100)) << launch.Wait(std::chrono::seconds(0)).output;
  const pid_t learner = PidOf("learner-0");
  ASSERT_GT(learner, 0);
  ASSERT_EQ(::kill(learner, SIGSTOP), 0);
  std::this_thread::sleep_for(std::chrono::seconds(2));
  const auto top = RunDyna({"top", "--once", run().string()});
  EXPECT_NE(top.output.find("waiting_for_replay"), std::string::npos) << top.output;
  EXPECT_NE(top.output.find("grant"), std::string::npos) << top.output;
  EXPECT_NE(top.output.find("no answer"), std::string::npos) << top.output;  // the culprit
  ASSERT_EQ(::kill(learner, SIGCONT), 0);
  const auto rows = Rows();
  EXPECT_TRUE(Reaches(std::stoi(rows.back()[0]) + 50));
  launch.Signal(SIGINT);
  EXPECT_EQ(launch.Wait().status, 1);
  EXPECT_EQ(PidOf("actor-0"), 0);
  EXPECT_EQ(PidOf("learner-0"), 0);
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
