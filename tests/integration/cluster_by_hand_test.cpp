#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/integration/cluster_run.hpp"

// Processes of a cluster that are started one by one, as on several machines, and mistakes in it.

namespace dyna {
namespace {

using namespace testing_support;  // NOLINT(google-build-using-namespace)
using Seconds = std::chrono::seconds;

constexpr int kShards = 2;

class ClusterByHandTest : public ClusterRun {
 protected:
  ClusterByHandTest() : ports_(cli::FreePorts(kShards + 1 + 8)) {
    WriteText(config(), SmallRuns().front().config);
  }
  std::string config() const { return (folder_ / "config.toml").string(); }
  std::string Shard(int i) const { return Address(ports_[static_cast<std::size_t>(i)]); }
  int MetricsOf(int process) const {
    return ports_[static_cast<std::size_t>(kShards + 1 + process)];
  }
  static std::string Address(int port) { return "tcp://127.0.0.1:" + std::to_string(port); }

  /// Model-free, so that a learner, shards and actors are a whole cluster.
  std::unique_ptr<DynaProcess> Start(const std::string& program, const std::string& instance,
                                     int process, const std::vector<std::string>& settings = {}) {
    std::vector<std::string> all = {"run.steps=100000",
                                    "cluster.run=by-hand",
                                    "cluster.instance=" + instance,
                                    "cluster.replay=[\"" + Shard(0) + "\", \"" + Shard(1) + "\"]",
                                    "cluster.learner=" + Address(ports_[kShards]),
                                    "imagination.rollout_schedule=[0, 1, 0, 0]",
                                    "metrics.port=" + std::to_string(MetricsOf(process))};
    all.insert(all.end(), settings.begin(), settings.end());
    std::vector<std::string> arguments = {"--config", config()};
    for (const std::string& setting : all) {
      arguments.emplace_back("--set");
      arguments.push_back(setting);
    }
    return std::make_unique<DynaProcess>(arguments, program);
  }
  std::unique_ptr<DynaProcess> StartShard(int i) {
    return Start("dyna-replay", "replay-" + std::to_string(i), i,
                 {"replay.bind=" + Shard(i), "replay.shard=" + std::to_string(i)});
  }
  std::unique_ptr<DynaProcess> StartLearner(int process, const std::string& instance) {
    return Start("dyna-learner", instance, process,
                 {"cluster.folder=" + (folder_ / instance).string()});
  }
  static bool Within(Seconds patience, const std::function<bool()>& done) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!done()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return true;
  }
  /// Waits until the series of a process is above a value.
  static bool Exceeds(int port, const std::string& series, double value, Seconds patience) {
    return Within(patience, [&] { return Sum({port}, series) > value; });
  }
  /// Ends with status 2, saying every one of these.
  static void ExpectRefused(DynaProcess& process, const std::vector<std::string>& words) {
    const auto result = process.Wait(Seconds(30));
    EXPECT_EQ(result.status, 2) << result.output;
    for (const std::string& word : words) {
      EXPECT_NE(result.output.find(word), std::string::npos) << word << " in " << result.output;
    }
  }

  std::vector<int> ports_;
};

// Also: any order of starts. The learner is there before anybody it needs.
TEST_F(ClusterByHandTest, AShardThatIsAddedLiveReceivesAndServesWithinTenSeconds) {
  const auto learner = StartLearner(2, "learner-0");
  const auto actor_0 = Start("dyna-actor", "actor-0", 3);
  const auto actor_1 = Start("dyna-actor", "actor-1", 4);
  const auto shard_0 = StartShard(0);
  ASSERT_TRUE(Exceeds(MetricsOf(2), kUpdates, 100, Seconds(60))) << learner->Output();
  const auto shard_1 = StartShard(1);
  EXPECT_TRUE(Exceeds(MetricsOf(1), kRealRows, 0, Seconds(10)));
  EXPECT_TRUE(Exceeds(MetricsOf(1), R"(dyna_replay_samples_total{table="real"})", 0, Seconds(10)));
  for (const auto& process : {&learner, &actor_0, &actor_1, &shard_0, &shard_1}) {
    (*process)->Signal(SIGTERM);
    const auto result = (*process)->Wait(Seconds(20));
    EXPECT_EQ(result.status, 0) << result.output;
  }
}

TEST_F(ClusterByHandTest, ASecondLearnerIsRefusedNamingTheFirst) {
  const auto shard_0 = StartShard(0);
  const auto actor = Start("dyna-actor", "actor-0", 3);
  const auto first = StartLearner(2, "learner-0");
  ASSERT_TRUE(Exceeds(MetricsOf(2), kUpdates, 0, Seconds(60))) << first->Output();
  const auto second =
      Start("dyna-learner", "learner-b", 5,
            {"cluster.folder=" + (folder_ / "b").string(), "learner.bind=tcp://127.0.0.1:*"});
  ExpectRefused(*second, {"learner-0", "learner-b"});
  const double updates = Sum({MetricsOf(2)}, kUpdates);
  EXPECT_TRUE(Exceeds(MetricsOf(2), kUpdates, updates, Seconds(20))) << "the first goes on";
}

TEST_F(ClusterByHandTest, AnActorOfAnotherEnvironmentIsRefusedNamingBoth) {
  const auto shard_0 = StartShard(0);
  const auto actor = Start("dyna-actor", "actor-0", 3, {"env.name=\"MountainCarContinuous-v0\""});
  ExpectRefused(*actor, {"actor-0", "replay-0", "MountainCarContinuous-v0", "Pendulum-v1"});
}

TEST_F(ClusterByHandTest, APortWithoutAServerIsWaitedForAndSaysSo) {
  const auto actor = Start("dyna-actor", "actor-0", 3);
  std::string why;
  EXPECT_TRUE(Within(Seconds(20), [&] {
    if (const auto page = watch::FetchScrape("127.0.0.1", MetricsOf(3))) why = page->waits_for;
    return why.find("nobody listens there") != std::string::npos;
  })) << why;
  EXPECT_NE(why.find("tcp://127.0.0.1:"), std::string::npos) << why;
  actor->Signal(SIGTERM);
  EXPECT_EQ(actor->Wait(Seconds(20)).status, 0);
}

TEST_F(ClusterByHandTest, AServerOfAnotherKindIsNamedAsSuch) {
  const auto shard_0 = StartShard(0);
  ASSERT_TRUE(Within(Seconds(20),
                     [&] { return watch::FetchScrape("127.0.0.1", MetricsOf(0)).has_value(); }));
  // HTTP where ZeroMQ is expected: the metrics port of the shard.
  const std::string wrong = Address(MetricsOf(0));
  const auto actor = Start("dyna-actor", "actor-0", 3, {"cluster.replay=[\"" + wrong + "\"]"});
  std::string output;
  EXPECT_TRUE(Within(Seconds(20), [&] {
    output = actor->Output();
    return output.find("no connection to " + wrong) != std::string::npos;
  })) << output;
  EXPECT_NE(output.find("hung up during the handshake"), std::string::npos) << output;
}

}  // namespace
}  // namespace dyna
