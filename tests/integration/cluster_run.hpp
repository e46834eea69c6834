#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "cli/cluster/cluster_plan.hpp"
#include "common/watch/scrape.hpp"
#include "tests/integration/dyna_program.hpp"
#include "tests/integration/small_runs.hpp"

// A small cluster, launched by the real program, and what one can see of it from outside.

namespace dyna::testing_support {

namespace fs = std::filesystem;

// Of SmallRuns().front().
inline constexpr int kUpdatesPerStep = 2;
inline constexpr int kRandomSteps = 60;
inline constexpr int kRound = 200 * 3;  // rollouts times their greatest length
inline constexpr int kTrainEvery = 40;

/// Sum of the processes' values of a series; what does not answer counts nothing.
inline double Sum(const std::vector<int>& ports, const std::string& series) {
  double sum = 0.0;
  for (const int port : ports) {
    if (const auto page = watch::FetchScrape("127.0.0.1", port)) sum += page->at(series);
  }
  return sum;
}

inline const std::string kRealRows =
    R"(dyna_replay_inserts_total{outcome="appended",table="real"})";
inline const std::string kUpdates = "dyna_learner_updates_total";

class ClusterRun : public testing::Test {
 protected:
  std::vector<std::string> LaunchArguments(int steps, std::vector<std::string> more = {}) {
    WriteText(folder_ / "config.toml", SmallRuns().front().config);
    std::vector<std::string> arguments = {
        "launch",       "--config", (folder_ / "config.toml").string(),  "--out",
        run().string(), "--set",    "run.steps=" + std::to_string(steps)};
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
  /// Metrics ports of the processes of one role.
  std::vector<int> Ports(const std::string& role) const {
    std::vector<int> ports;
    for (const auto& process : cli::ReadClusterToml(run() / "cluster.toml")) {
      if (process.role == role) ports.push_back(process.metrics_port);
    }
    return ports;
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

}  // namespace dyna::testing_support
