#include <gtest/gtest.h>
#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/integration/cluster_run.hpp"
#include "tests/integration/real_rows.hpp"

// Workers that are killed and come back all the time. What replay holds afterwards is read back row
// by row: an actor's rows are one trajectory after the other, so a row that is lost or there twice
// shows.

namespace dyna {
namespace {

using namespace testing_support;  // NOLINT(google-build-using-namespace)
using Clock = std::chrono::steady_clock;

/// A number from the environment, or else the one that suits the gate.
int FromEnvironment(const char* name, int otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::atoi(text) : otherwise;
}

class ChurnTest : public ClusterRun {};

TEST_F(ChurnTest, NoRowIsLostOrDoubledWhileWorkersAreKilled) {
  constexpr int kShards = 2;
  const std::vector<std::string> workers = {"actor-0", "actor-1", "actor-2", "imagination-0",
                                            "imagination-1"};
  DynaProcess launch(
      LaunchArguments(1'000'000, {"--actors", "3", "--imagination", "2", "--shards", "2", "--set",
                                  "run.checkpoint_every=100000", "--set", "run.eval_every=200"}));
  ASSERT_TRUE(Reaches(100)) << launch.Wait(std::chrono::seconds(0)).output;
  std::mt19937 random(20);  // NOLINT(cert-msc51-cpp): the same kills every time
  std::uniform_int_distribution<std::size_t> pick(0, workers.size() - 1);
  std::uniform_int_distribution<int> pause(50, 600);
  std::int64_t actors_killed = 0;
  std::int64_t kills = 0;
  double rows_before = Sum(Ports("replay"), kRealRows);
  for (const auto end =
           Clock::now() + std::chrono::seconds(FromEnvironment("DYNA_CHURN_SECONDS", 8));
       Clock::now() < end;) {
    std::this_thread::sleep_for(std::chrono::milliseconds(pause(random)));
    const std::string& victim = workers[pick(random)];
    const pid_t pid = PidOf(victim);
    if (pid > 0 && ::kill(pid, SIGKILL) == 0) {
      ++kills;
      if (victim.starts_with("actor")) ++actors_killed;
    }
    const double rows = Sum(Ports("replay"), kRealRows);
    EXPECT_GE(rows, rows_before) << "rows went away";
    rows_before = rows;
  }
  EXPECT_GT(actors_killed, 0);

  const auto shards = RowReader(run()).ReadAll(kShards);
  ASSERT_EQ(shards.size(), static_cast<std::size_t>(kShards));
  const RowFindings sum = InspectRows(shards);
  EXPECT_GE(static_cast<double>(sum.rows), rows_before);
  EXPECT_EQ(sum.gaps, 0);
  EXPECT_EQ(DoubledRows(shards), 0);
  EXPECT_LE(sum.broken, actors_killed) << "only a kill breaks a trajectory off";
  RecordProperty("kills", static_cast<int>(kills));
  RecordProperty("rows", static_cast<int>(sum.rows));

  const auto rows = Rows();
  EXPECT_TRUE(Reaches(std::stoi(rows.back()[0]) + 200)) << "it goes on";
  launch.Signal(SIGINT);
  EXPECT_EQ(launch.Wait().status, 1);
  ExpectRatiosHeld();
}

/// Promises P1, P2, P7: whatever is killed comes back, nothing that was acknowledged is lost or
/// there twice, and the run ends as it should. With DYNA_KILLS=100 and
/// DYNA_KILL_CONFIG=configs/pendulum_mbpo.toml it is a real run, which must have learned.
TEST_F(ChurnTest, ARunIsCompletedWhateverIsKilled) {
  constexpr std::size_t kShards = 2;
  const std::vector<std::string> victims = {"actor-0",  "learner-0",      "replay-0",
                                            "actor-1",  "model-server-0", "imagination-0",
                                            "replay-1", "evaluator-0"};
  const int kills = FromEnvironment("DYNA_KILLS", 12);
  const char* config = std::getenv("DYNA_KILL_CONFIG");
  auto arguments = LaunchArguments(1500, {"--actors", "2", "--imagination", "1", "--shards", "2",
                                          "--set", "cluster.checkpoint_seconds=1"});
  if (config != nullptr) {
    WriteText(folder_ / "config.toml", ReadText(fs::path(DYNA_SOURCE_DIR) / config));
    arguments.erase(arguments.begin() + 5, arguments.begin() + 7);  // its own number of steps
  }
  DynaProcess launch(arguments);
  ASSERT_TRUE(Reaches(50)) << launch.Wait(std::chrono::seconds(0)).output;
  std::mt19937 random(21);  // NOLINT(cert-msc51-cpp): the same kills every time
  std::uniform_int_distribution<int> pause(100, 1200);
  int killed = 0;
  int actors_killed = 0;
  for (std::size_t i = 0; killed < kills; ++i) {
    ASSERT_FALSE(launch.EndsWithin(std::chrono::milliseconds(pause(random))))
        << "it ended after " << killed << " kills: " << launch.Output();
    const std::string& victim = victims[i % victims.size()];
    const pid_t pid = PidOf(victim);
    if (pid == 0 || ::kill(pid, SIGKILL) != 0) continue;  // not yet back
    ++killed;
    if (victim.starts_with("actor")) ++actors_killed;
  }
  const auto shards = RowReader(run()).ReadAll(kShards);
  const RowFindings found = InspectRows(shards);
  EXPECT_EQ(found.gaps, 0);
  EXPECT_EQ(DoubledRows(shards), 0);
  EXPECT_LE(found.broken, actors_killed) << "only a kill breaks a trajectory off";

  const auto end = launch.Wait(std::chrono::seconds(config != nullptr ? 1800 : 240));
  EXPECT_EQ(end.status, 0) << end.output;
  const auto rows = Rows();
  ASSERT_GT(rows.size(), 2U);
  const double last = At(rows, rows.size() - 1, "eval_return_mean");
  std::printf("%d kills, %lld rows read back, %s steps, return %.1f\n", killed,
              static_cast<long long>(found.rows), rows.back()[0].c_str(), last);
  if (config != nullptr) {
    EXPECT_GE(last, -200.0) << "Pendulum is solved";
  } else {
    ExpectRatiosHeld();
  }
}

}  // namespace
}  // namespace dyna
