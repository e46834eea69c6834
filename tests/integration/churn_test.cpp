#include <gtest/gtest.h>
#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "common/config/config.hpp"
#include "common/ports/remote/shard_pool.hpp"
#include "tests/integration/cluster_run.hpp"

// Workers that are killed and come back all the time. What replay holds afterwards is read back row
// by row: an actor's rows are one trajectory after the other, so a row that is lost or there twice
// shows.

namespace dyna {
namespace {

using namespace testing_support;  // NOLINT(google-build-using-namespace)
using Clock = std::chrono::steady_clock;

/// How long workers are killed. The gate's few seconds, or what DYNA_CHURN_SECONDS says.
std::chrono::seconds ChurnTime() {
  const char* text = std::getenv("DYNA_CHURN_SECONDS");
  return std::chrono::seconds(text != nullptr ? std::atoi(text) : 8);
}

/// A stranger who reads a running cluster's real rows.
class Reader {
 public:
  explicit Reader(const fs::path& run) {
    Config cluster = Config::FromFile(run / "cluster.toml");
    ShardPool::Options options;
    for (const std::string& text : cluster.GetStrings("cluster.replay", {}, 1, 1024)) {
      options.names.endpoints.push_back(net::ConnectEndpoint("cluster.replay", text));
    }
    wire::Identity& who = options.pipeline.connection.hello.client;
    who.role = wire::Role::kActor;
    who.instance = "reader";
    who.run = run.filename();
    who.environment = "Pendulum-v1";
    options.shard.environment.name = "Pendulum-v1";
    options.shard.environment.observation = Space::Box({-1.0, -1.0, -8.0}, {1.0, 1.0, 8.0});
    options.shard.environment.action = Space::Box({-2.0}, {2.0});
    who.shape = options.shard.environment.transition_shape();
    pool_.emplace(context_, options, nullptr);
  }

  /// The rows that each of `shards` shards has taken up to now, in the order it took them.
  std::vector<std::vector<TransitionBatch>> ReadAll(std::size_t shards) {
    EXPECT_TRUE(Until([&] { return pool_->shards() == shards; }));
    std::vector<std::vector<TransitionBatch>> all;
    for (const auto& [tag, shard] : pool_->by_tag()) {
      all.emplace_back();
      std::uint64_t end = 0;
      EXPECT_TRUE(Until([&, &one = *shard] {
        const auto counters = one.Counters(kRealTable);
        if (counters.ok()) end = counters.value().inserted;
        return counters.ok();
      }));
      for (std::uint64_t cursor = 0; cursor < end;) {
        EXPECT_TRUE(Until([&, &one = *shard] {
          auto read = one.ReadSince(kRealTable, cursor, 1000);
          if (!read.ok()) return false;
          cursor = read.value().next_cursor;
          all.back().push_back(std::move(read.value().rows));
          return true;
        }));
        if (testing::Test::HasFailure()) return all;
      }
    }
    return all;
  }

 private:
  bool Until(const std::function<bool()>& done) {
    const auto end = Clock::now() + std::chrono::seconds(30);
    while (!done()) {
      if (Clock::now() > end) return false;
      pool_->Poll();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
  }

  net::Context context_;
  std::optional<ShardPool> pool_;
};

/// What is wrong with the rows of one shard, and how many trajectories broke off.
struct Findings {
  std::int64_t rows = 0;
  std::int64_t gaps = 0;    ///< a row is missing, or two are exchanged
  std::int64_t broken = 0;  ///< a trajectory neither ended nor went on
};

struct LastRow {
  Provenance from = {};
  Eigen::VectorXf next_obs = {};
  bool ended = false;
};

Findings Inspect(const std::vector<TransitionBatch>& batches) {
  Findings found;
  std::map<std::uint32_t, LastRow> last;
  for (const TransitionBatch& batch : batches) {
    for (std::int64_t row = 0; row < batch.size(); ++row) {
      const Provenance& from = batch.provenance[static_cast<std::size_t>(row)];
      const auto before = last.find(from.producer);
      const bool first = before == last.end();
      if (from.step == 0) {
        if (!first && !before->second.ended) ++found.broken;
      } else {
        const bool follows = !first && before->second.from.episode == from.episode &&
                             before->second.from.step + 1 == from.step &&
                             before->second.next_obs == batch.obs.row(row).transpose();
        if (!follows) ++found.gaps;
      }
      last[from.producer] = {.from = from,
                             .next_obs = batch.next_obs.row(row).transpose(),
                             .ended = batch.terminated[row] != 0 || batch.truncated[row] != 0};
      ++found.rows;
    }
  }
  return found;
}

/// Rows that are there more than once, over all shards: no two steps of a continuous world agree
/// in every bit.
std::int64_t Doubles(const std::vector<std::vector<TransitionBatch>>& shards) {
  std::set<std::vector<float>> seen;
  std::int64_t doubles = 0;
  for (const auto& batches : shards) {
    for (const TransitionBatch& batch : batches) {
      for (std::int64_t row = 0; row < batch.size(); ++row) {
        std::vector<float> values;
        for (Eigen::Index c = 0; c < batch.obs.cols(); ++c) values.push_back(batch.obs(row, c));
        for (Eigen::Index c = 0; c < batch.next_obs.cols(); ++c) {
          values.push_back(batch.next_obs(row, c));
        }
        values.push_back(batch.reward[row]);
        if (!seen.insert(std::move(values)).second) ++doubles;
      }
    }
  }
  return doubles;
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
  for (const auto end = Clock::now() + ChurnTime(); Clock::now() < end;) {
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

  const auto shards = Reader(run()).ReadAll(kShards);
  ASSERT_EQ(shards.size(), static_cast<std::size_t>(kShards));
  Findings sum;
  for (const auto& batches : shards) {
    const Findings found = Inspect(batches);
    sum.rows += found.rows;
    sum.gaps += found.gaps;
    sum.broken += found.broken;
  }
  EXPECT_GE(static_cast<double>(sum.rows), rows_before);
  EXPECT_EQ(sum.gaps, 0);
  EXPECT_EQ(Doubles(shards), 0);
  EXPECT_LE(sum.broken, actors_killed) << "only a kill breaks a trajectory off";
  RecordProperty("kills", static_cast<int>(kills));
  RecordProperty("rows", static_cast<int>(sum.rows));

  const auto rows = Rows();
  EXPECT_TRUE(Reaches(std::stoi(rows.back()[0]) + 200)) << "it goes on";
  launch.Signal(SIGINT);
  EXPECT_EQ(launch.Wait().status, 1);
  ExpectRatiosHeld();
}

}  // namespace
}  // namespace dyna
