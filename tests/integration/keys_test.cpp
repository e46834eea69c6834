#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "common/config/config.hpp"
#include "tests/integration/cluster_run.hpp"

// A cluster with keys, from the command line, and those who should not get into it.

namespace dyna {
namespace {

using namespace testing_support;  // NOLINT(google-build-using-namespace)
using Seconds = std::chrono::seconds;

const std::string kUnknownKeys = R"(dyna_transport_refusals_total{reason="unknown_key"})";
const std::string kWrongRoles = R"(dyna_transport_refusals_total{reason="wrong_role"})";

class KeysTest : public ClusterRun {
 protected:
  std::string Keys(const std::string& name) const { return (folder_ / name).string(); }
  void MakeKeys(const std::string& name) const {
    const auto made = RunDyna({"keygen", Keys(name)});
    ASSERT_EQ(made.status, 0) << made.output;
  }
  /// An actor that would like to join the run that was launched, with other keys.
  std::unique_ptr<DynaProcess> StartIntruder(const std::string& instance,
                                             const std::vector<std::string>& settings) const {
    Config cluster = Config::FromFile((run() / "cluster.toml").string());
    std::vector<std::string> all = {
        "cluster.instance=" + instance, "cluster.run=" + cluster.GetString("cluster.run", ""),
        "cluster.replay=[\"" + cluster.GetStrings("cluster.replay", {}, 1, 9).front() + "\"]",
        "cluster.learner=" + cluster.GetString("cluster.learner", "")};
    all.insert(all.end(), settings.begin(), settings.end());
    std::vector<std::string> arguments = {"--config", (folder_ / "config.toml").string()};
    for (const std::string& setting : all) {
      arguments.emplace_back("--set");
      arguments.push_back(setting);
    }
    return std::make_unique<DynaProcess>(arguments, "dyna-actor");
  }
  /// Waits until `done` says true. False if it never does.
  static bool Within(Seconds patience, const std::function<bool()>& done) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!done()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return true;
  }
};

TEST_F(KeysTest, AClusterWithKeysLearnsToTheEndAndWhoHasNoneOfThemGetsNothing) {
  MakeKeys("keys");
  MakeKeys("others");
  // Who knows the servers' public keys and our run, but is not in the allowlist.
  std::filesystem::copy(folder_ / "others" / "actor.secret", folder_ / "stranger.secret");
  DynaProcess launch(LaunchArguments(700, {"--keys", Keys("keys")}));
  ASSERT_TRUE(Reaches(100)) << launch.Wait(Seconds(0)).output;

  // Without its learner the run waits, however fast the machine, until all have been heard.
  const pid_t learner = PidOf("learner-0");
  ASSERT_GT(learner, 0);
  ASSERT_EQ(::kill(learner, SIGSTOP), 0);
  const auto no_key = StartIntruder("no-key", {});
  const auto unknown = StartIntruder(
      "unknown", {"keys.folder=" + Keys("keys"), "keys.secret=" + Keys("stranger.secret")});
  const auto wrong_server = StartIntruder("wrong-server", {"keys.folder=" + Keys("others")});
  // The evaluator's key, but not its role.
  const auto wrong_role = StartIntruder(
      "wrong-role",
      {"keys.folder=" + Keys("keys"), "keys.secret=" + Keys("keys/evaluator.secret")});
  EXPECT_TRUE(Within(Seconds(30), [&] {
    return Sum(Ports("replay"), kUnknownKeys) > 0 && Sum(Ports("replay"), kWrongRoles) > 0;
  }));
  // Being in another role than one's key is a mistake that waiting does not mend.
  const auto refused = wrong_role->Wait(Seconds(30));
  EXPECT_EQ(refused.status, 2) << refused.output;
  EXPECT_NE(refused.output.find("has the key of 'evaluator'"), std::string::npos) << refused.output;
  EXPECT_TRUE(Within(Seconds(30), [&] {
    return unknown->Output().find("does not accept our key") != std::string::npos;
  })) << unknown->Output();
  ASSERT_EQ(::kill(learner, SIGCONT), 0);

  const auto result = launch.Wait();
  ASSERT_EQ(result.status, 0) << result.output;
  for (const auto* process : {&no_key, &unknown, &wrong_server}) {
    EXPECT_EQ((*process)->Output().find("event=connected"), std::string::npos);
    (*process)->Signal(SIGTERM);
    EXPECT_EQ((*process)->Wait(Seconds(30)).status, 0);
  }
  const auto rows = Rows();
  EXPECT_EQ(At(rows, rows.size() - 1, "env_steps"), 700);
  EXPECT_EQ(At(rows, rows.size() - 1, "updates"), kUpdatesPerStep * (700 - kRandomSteps));
  ExpectRatiosHeld();
  const auto episodes = ReadText(run() / "episodes.csv");
  EXPECT_NE(episodes.find("actor-0,"), std::string::npos);
  for (const char* intruder : {"no-key", "unknown", "wrong-server", "wrong-role"}) {
    EXPECT_EQ(episodes.find(intruder), std::string::npos) << intruder;
  }
  EXPECT_NE(ReadText(run() / "cluster.toml").find("folder = \"" + Keys("keys")), std::string::npos);
}

TEST_F(KeysTest, AKeyThatComesBackOnTheAllowlistIsLetInAfterSighupAndABadListChangesNothing) {
  MakeKeys("keys");
  const fs::path allowlist = folder_ / "keys" / "allowlist";
  const std::string full = ReadText(allowlist);
  DynaProcess launch(LaunchArguments(100'000, {"--keys", Keys("keys")}));
  ASSERT_TRUE(Reaches(50)) << launch.Wait(Seconds(0)).output;
  const pid_t shard = PidOf("replay-0");
  ASSERT_GT(shard, 0);
  const auto reloads = [&](const char* outcome) {
    return Sum(Ports("replay"),
               "dyna_transport_allowlist_reloads_total{outcome=\"" + std::string(outcome) + "\"}");
  };
  const auto rows = [&] { return Sum(Ports("replay"), kRealRows); };

  WriteText(allowlist, full + "pilot is no role\n");
  ASSERT_EQ(::kill(shard, SIGHUP), 0);
  ASSERT_TRUE(Within(Seconds(30), [&] { return reloads("refused") == 1; }));
  const double before = rows();
  EXPECT_TRUE(Within(Seconds(60), [&] { return rows() > before; }));
  const auto log = ReadText(run() / "logs" / "replay-0.log");
  EXPECT_NE(log.find("'pilot' is not a role"), std::string::npos) << log;

  std::string without;
  std::istringstream lines(full);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("actor ")) without += line + "\n";
  }
  WriteText(allowlist, without);
  ASSERT_EQ(::kill(shard, SIGHUP), 0);
  ASSERT_TRUE(Within(Seconds(30), [&] { return Sum(Ports("replay"), kUnknownKeys) > 0; }));
  const double stopped = rows();
  WriteText(allowlist, full);
  ASSERT_EQ(::kill(shard, SIGHUP), 0);
  EXPECT_TRUE(Within(Seconds(60), [&] { return rows() > stopped; }));
  EXPECT_EQ(reloads("applied"), 2);
  launch.Signal(SIGTERM);
  EXPECT_EQ(launch.Wait(Seconds(60)).status, 1);
}

TEST_F(KeysTest, MistakesWithKeysEndWithStatus2AndOneLine) {
  MakeKeys("keys");
  const auto again = RunDyna({"keygen", Keys("keys")});
  EXPECT_EQ(again.status, 2);
  EXPECT_NE(again.output.find("never overwritten"), std::string::npos) << again.output;

  WriteText(folder_ / "config.toml", SmallRuns().front().config);
  const auto replay = [&](const std::vector<std::string>& settings) {
    std::vector<std::string> arguments = {"--config", (folder_ / "config.toml").string()};
    for (const std::string& setting : settings) {
      arguments.emplace_back("--set");
      arguments.push_back(setting);
    }
    return DynaProcess(arguments, "dyna-replay").Wait(Seconds(30));
  };
  const auto open = replay({"replay.bind=tcp://*:0"});
  EXPECT_EQ(open.status, 2) << open.output;
  EXPECT_NE(open.output.find("net.allow_insecure"), std::string::npos) << open.output;
  const auto half = replay({"keys.secret=x"});
  EXPECT_EQ(half.status, 2) << half.output;
  EXPECT_NE(half.output.find("keys.folder"), std::string::npos) << half.output;

  fs::permissions(folder_ / "keys" / "replay.secret", fs::perms::group_read, fs::perm_options::add);
  const auto readable = replay({"keys.folder=" + Keys("keys")});
  EXPECT_EQ(readable.status, 2) << readable.output;
  EXPECT_NE(readable.output.find("replay.secret': has mode 0640; allowed are 0600"),
            std::string::npos)
      << readable.output;
  const auto launched = RunDyna(LaunchArguments(200, {"--keys", Keys("none")}));
  EXPECT_EQ(launched.status, 2) << launched.output;
  EXPECT_NE(launched.output.find("none/"), std::string::npos) << launched.output;
}

}  // namespace
}  // namespace dyna
