#include "cli/cluster/launch_command.hpp"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <thread>

#include "cli/cluster/cluster_plan.hpp"
#include "cli/cluster/run_progress.hpp"
#include "cli/cluster/supervisor.hpp"
#include "common/checkpoint/atomic_file.hpp"
#include "common/config/config.hpp"
#include "common/core/error.hpp"
#include "common/run/signal_stop.hpp"
#include "common/watch/scrape.hpp"

namespace dyna::cli {
namespace fs = std::filesystem;
namespace {

constexpr std::chrono::milliseconds kTurn{200};
constexpr std::chrono::milliseconds kGrace{15'000};

/// What the launcher itself must know of the experiment.
struct Experiment {
  std::uint64_t seed = 0;
  std::int64_t steps = 0;
  bool model = false;
  std::string keys = {};  ///< folder
};

Experiment ReadExperiment(const ClusterRequest& request) {
  Config config = Config::FromFile(request.config);
  for (const std::string& assignment : request.set) config.Set(assignment);
  if (config.GetString("learner.algorithm", "sac") == "dhmbpo") {
    throw config.Wrong("learner.algorithm",
                       "one that a cluster can run: 'dhmbpo' learns in blocks of real steps, with "
                       "`dyna train` only");
  }
  const auto schedule =
      config.GetInts("imagination.rollout_schedule", {0, 1, 1, 1}, 4, 4, 0, 1'000'000);
  return {.seed = static_cast<std::uint64_t>(config.GetInt("run.seed", 0, 0, INT64_MAX)),
          .steps = config.GetInt("run.steps", 10'000, 1, 1'000'000'000),
          .model = std::max(schedule[2], schedule[3]) > 0,
          .keys = config.GetString("keys.folder", "")};
}

fs::path Programs() { return fs::read_symlink("/proc/self/exe").parent_path(); }

}  // namespace

int Launch(const LaunchArguments& arguments) {
  const SignalStop stop;
  ClusterRequest request{.config = arguments.config,
                         .set = arguments.set,
                         .actors = arguments.actors,
                         .imagination = arguments.imagination,
                         .shards = arguments.shards};
  if (arguments.seed) request.set.push_back("run.seed=" + std::to_string(*arguments.seed));
  const Experiment experiment = ReadExperiment(request);
  request.model = experiment.model;
  // Absolute, for whoever joins from another folder with what cluster.toml says.
  const std::string& keys = arguments.keys.empty() ? experiment.keys : arguments.keys;
  if (!keys.empty()) request.keys = fs::absolute(keys);
  request.folder = arguments.out;
  if (request.folder.empty()) {
    request.folder = fs::path("runs") / (fs::path(arguments.config).stem().string() + "_seed" +
                                         std::to_string(experiment.seed));
  }
  request.run = request.folder.filename().string();

  const auto plan = PlanCluster(request, Programs());
  int learner_port = 0;
  for (const auto& process : plan.processes) {
    if (process.role == "learner") learner_port = process.metrics_port;
  }
  fs::create_directories(request.folder);
  WriteFileAtomically(request.folder / "cluster.toml", ClusterToml(plan));
  RunProgress progress(request.folder / "progress.csv", experiment.steps);
  progress.Print("launching " + std::to_string(plan.processes.size()) + " processes; logs in " +
                 (request.folder / "logs").string() + "\n  dyna top " + request.folder.string() +
                 "\n  http://127.0.0.1:" + std::to_string(learner_port) + "/");
  Supervisor supervisor(plan.processes, request.folder / "logs");
  while (!stop.requested() && !supervisor.Completed("learner-0")) {
    for (const auto& event : supervisor.Tend()) {
      progress.Print(event.instance + " ended with status " + std::to_string(event.status) +
                     "; starts again in " + std::to_string(event.restart_in.count()) + " ms");
    }
    progress.Show(watch::FetchScrape("127.0.0.1", learner_port));
    std::this_thread::sleep_for(kTurn);
  }
  progress.Show(std::nullopt);
  supervisor.Stop(kGrace);
  const bool complete = !stop.requested();
  progress.Print((complete ? "done: " : "stopped; to go on, launch it again: ") +
                 (request.folder / "progress.csv").string());
  return complete ? 0 : 1;
}

}  // namespace dyna::cli
