#include "cli/cluster/cluster_plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "common/config/config.hpp"
#include "common/core/error.hpp"

namespace dyna::cli {
namespace {

ClusterPlan Plan(bool model) {
  return PlanCluster({.config = "c.toml",
                      .set = {"run.seed=7"},
                      .run = "r",
                      .folder = "runs/r",
                      .actors = 3,
                      .imagination = 2,
                      .shards = 2,
                      .model = model},
                     "/opt/bin");
}

std::int64_t Count(const ClusterPlan& plan, const std::string& role) {
  return std::count_if(plan.processes.begin(), plan.processes.end(),
                       [&role](const auto& process) { return process.role == role; });
}

TEST(ClusterPlanTest, HasTheWorkersThatWereAskedFor) {
  const auto plan = Plan(true);
  EXPECT_EQ(Count(plan, "replay"), 2);
  EXPECT_EQ(Count(plan, "learner"), 1);
  EXPECT_EQ(Count(plan, "model-server"), 1);
  EXPECT_EQ(Count(plan, "imagination"), 2);
  EXPECT_EQ(Count(plan, "actor"), 3);
  EXPECT_EQ(Count(plan, "evaluator"), 1);
}

TEST(ClusterPlanTest, AModelFreeRunHasNeitherModelServerNorImagination) {
  const auto plan = Plan(false);
  EXPECT_EQ(Count(plan, "model-server") + Count(plan, "imagination"), 0);
}

TEST(ClusterPlanTest, NamesAndPortsAreAllDifferentAndAllShareTheAddresses) {
  const auto plan = Plan(true);
  std::set<std::string> names;
  std::set<int> ports;
  const auto setting = [](const PlannedProcess& process, const std::string& key) {
    for (const std::string& argument : process.arguments) {
      if (argument.starts_with(key + "=")) return argument;
    }
    return std::string();
  };
  for (const auto& process : plan.processes) {
    EXPECT_TRUE(names.insert(process.instance).second) << process.instance;
    EXPECT_TRUE(ports.insert(process.metrics_port).second) << process.metrics_port;
    EXPECT_NE(setting(process, "run.seed"), "");
    for (const char* key : {"cluster.replay", "cluster.learner", "cluster.model_server"}) {
      EXPECT_EQ(setting(process, key), setting(plan.processes.front(), key));
    }
  }
  EXPECT_NE(setting(plan.processes.front(), "cluster.replay").find("\", \"tcp://"),
            std::string::npos);
}

TEST(ClusterPlanTest, EveryShardKeepsItsRowsInAFolderOfItsOwnBelowTheRuns) {
  std::set<std::string> folders;
  for (const auto& process : Plan(true).processes) {
    for (const std::string& argument : process.arguments) {
      if (argument.starts_with("replay.folder=")) folders.insert(argument);
    }
  }
  EXPECT_EQ(folders, (std::set<std::string>{"replay.folder=runs/r/replay/0",
                                            "replay.folder=runs/r/replay/1"}));
}

TEST(ClusterPlanTest, ClusterTomlHoldsTheAddressesThatAWorkerNeedsToJoin) {
  const auto plan = Plan(true);
  Config read = Config::FromText(ClusterToml(plan), "cluster.toml");
  EXPECT_EQ(read.GetString("cluster.run", ""), "r");
  EXPECT_EQ(read.GetStrings("cluster.replay", {}, 0, 10), plan.replay);
  EXPECT_EQ(read.GetString("cluster.learner", ""), plan.learner);
  EXPECT_EQ(read.GetString("cluster.model_server", ""), plan.model_server);
}

TEST(ClusterPlanTest, KeysGoToEveryProcessAndIntoClusterToml) {
  const std::string folder = "/keys of \"us\"";
  const auto plan = PlanCluster({.config = "c.toml", .run = "r", .keys = folder}, "/opt/bin");
  for (const auto& process : plan.processes) {
    Config config;
    for (std::size_t i = 3; i < process.arguments.size(); i += 2)
      config.Set(process.arguments[i + 1]);
    EXPECT_EQ(config.GetString("keys.folder", ""), folder) << process.instance;
  }
  Config read = Config::FromText(ClusterToml(plan), "cluster.toml");
  EXPECT_EQ(read.GetString("keys.folder", ""), folder);
  EXPECT_EQ(ClusterToml(Plan(true)).find("[keys]"), std::string::npos);
}

TEST(ClusterPlanTest, ClusterTomlIsReadBack) {
  const auto plan = Plan(true);
  const auto path = std::filesystem::temp_directory_path() / "dyna_cluster_plan_test.toml";
  std::ofstream(path) << ClusterToml(plan);
  const auto known = ReadClusterToml(path);
  ASSERT_EQ(known.size(), plan.processes.size());
  for (const auto& process : plan.processes) {
    const auto found = std::find_if(known.begin(), known.end(), [&](const auto& one) {
      return one.instance == process.instance;
    });
    ASSERT_NE(found, known.end()) << process.instance;
    EXPECT_EQ(found->role, process.role);
    EXPECT_EQ(found->metrics_port, process.metrics_port);
  }
  std::ofstream(path) << "[metrics_port]\nactor-0 = \"x\"\n";
  EXPECT_THROW((void)ReadClusterToml(path), OperatorError);
  std::filesystem::remove(path);
  EXPECT_THROW((void)ReadClusterToml(path), OperatorError);
}

TEST(ClusterPlanTest, TheLearnerKnowsWhereTheMetricsOfAllOthersAre) {
  const auto plan = Plan(true);
  std::set<std::string> others;
  for (const auto& process : plan.processes) {
    if (process.role != "learner") {
      others.insert("127.0.0.1:" + std::to_string(process.metrics_port));
    }
  }
  for (const auto& process : plan.processes) {
    Config config;
    for (std::size_t i = 3; i < process.arguments.size(); i += 2) {
      config.Set(process.arguments[i + 1]);
    }
    const auto told = config.GetStrings("cluster.metrics", {}, 0, 100);
    EXPECT_EQ(std::set<std::string>(told.begin(), told.end()),
              process.role == "learner" ? others : std::set<std::string>())
        << process.instance;
  }
}

}  // namespace
}  // namespace dyna::cli
