#include <gtest/gtest.h>
#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <string>
#include <thread>

#include "tests/integration/cluster_run.hpp"

// SIGSTOP: a process that is there and does nothing. Who needs it stops within its slack and says
// so, who does not goes on; afterwards all go on without a burst (promises P4 and P10).

namespace dyna {
namespace {

using namespace testing_support;  // NOLINT(google-build-using-namespace)

struct Stopped {
  std::string role = {};
  std::string waits = {};  ///< a role that has to wait for it, and
  std::string why = {};    ///< a word of what it says; empty: nobody has to wait
};

class StoppedRoleTest : public ClusterRun, public testing::WithParamInterface<Stopped> {
 protected:
  double RealRows() const { return Sum(Ports("replay"), kRealRows); }
  double Updates() const { return Sum(Ports("learner"), kUpdates); }
  /// A process' line in what `dyna top` shows.
  static std::string LineOf(const std::string& instance, const std::string& top) {
    const auto begin = top.find("\n" + instance);
    if (begin == std::string::npos) return top;
    return top.substr(begin + 1, top.find('\n', begin + 1) - begin - 1);
  }
};

TEST_P(StoppedRoleTest, StopsWhoNeedsItAndNobodyBurstsAfterwards) {
  DynaProcess launch(LaunchArguments(100'000));
  ASSERT_TRUE(Reaches(100)) << launch.Wait(std::chrono::seconds(0)).output;
  const std::string instance = GetParam().role + "-0";
  const pid_t victim = PidOf(instance);
  ASSERT_GT(victim, 0);
  ASSERT_EQ(::kill(victim, SIGSTOP), 0);
  std::this_thread::sleep_for(std::chrono::seconds(1));
  const double updates = Updates();
  const double rows = RealRows();
  const std::string top = RunDyna({"top", "--once", run().string()}).output;
  EXPECT_NE(LineOf(instance, top).find("no answer"), std::string::npos) << "the culprit";
  if (!GetParam().why.empty()) {
    const std::string waits = LineOf(GetParam().waits + "-0", top);
    EXPECT_NE(waits.find("waiting_for"), std::string::npos) << waits;
    EXPECT_NE(waits.find(GetParam().why), std::string::npos) << waits;
    if (GetParam().role != "learner") {
      EXPECT_EQ(Updates(), updates);
    }
    if (GetParam().role != "replay") {
      EXPECT_EQ(RealRows(), rows);
    }
  } else {
    EXPECT_GT(Updates(), updates);
    EXPECT_GT(RealRows(), rows);
  }
  ASSERT_EQ(::kill(victim, SIGCONT), 0);
  EXPECT_TRUE(Reaches(std::stoi(Rows().back()[0]) + 50));
  launch.Signal(SIGINT);
  EXPECT_EQ(launch.Wait().status, 1);
  EXPECT_EQ(PidOf(instance), 0);
  ExpectRatiosHeld();
}

std::string NameOf(const testing::TestParamInfo<Stopped>& info) {
  std::string name = info.param.role;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(
    Roles, StoppedRoleTest,
    testing::Values(Stopped{.role = "learner", .waits = "actor", .why = "grant"},
                    Stopped{.role = "actor", .waits = "learner", .why = "updates_per_step"},
                    Stopped{.role = "replay", .waits = "actor", .why = "replay"},
                    Stopped{.role = "model-server"}, Stopped{.role = "imagination"}),
    NameOf);

}  // namespace
}  // namespace dyna
