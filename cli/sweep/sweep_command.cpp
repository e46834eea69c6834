#include "cli/sweep/sweep_command.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <optional>
#include <thread>

#include "cli/sweep/seed_list.hpp"
#include "cli/sweep/seed_sweep.hpp"
#include "cli/sweep/sweep_view.hpp"
#include "common/config/config.hpp"
#include "common/core/error.hpp"
#include "common/run/signal_stop.hpp"

namespace dyna::cli {
namespace fs = std::filesystem;
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kTurn{100};
constexpr std::chrono::seconds kViewEvery{1};
constexpr std::chrono::seconds kGrace{120};  // a large replay takes its time to be saved

/// "dyna: what" of a run's last line, without the name of the program.
std::string Words(const std::string& line) {
  const std::string prefix = "dyna: ";
  return line.starts_with(prefix) ? line.substr(prefix.size()) : line;
}

std::vector<SeedSweep::Run> Plan(const SweepArguments& arguments) {
  const TrainArguments& train = arguments.train;
  const std::string stem =
      train.out.empty() ? (fs::path("runs") / fs::path(train.config).stem()).string() : train.out;
  const std::string program = fs::read_symlink("/proc/self/exe").string();
  std::vector<SeedSweep::Run> runs;
  for (const std::int64_t seed : ParseSeeds(arguments.seeds)) {
    SeedSweep::Run run{.seed = seed, .folder = stem + "_seed" + std::to_string(seed)};
    run.arguments = {program,    "train",
                     "--config", train.config,
                     "--seed",   std::to_string(seed),
                     "--out",    run.folder.string()};
    if (train.steps) {
      run.arguments.insert(run.arguments.end(), {"--steps", std::to_string(*train.steps)});
    }
    for (const auto& assignment : train.set) {
      run.arguments.insert(run.arguments.end(), {"--set", assignment});
    }
    for (const auto& file : train.offline) {
      run.arguments.insert(run.arguments.end(), {"--offline", file});
    }
    runs.push_back(std::move(run));
  }
  return runs;
}

/// Real steps of a run, and the threads that it computes with.
std::pair<std::int64_t, std::size_t> ReadExperiment(const TrainArguments& train) {
  Config config = Config::FromFile(train.config);
  for (const auto& assignment : train.set) config.Set(assignment);
  if (train.steps) config.Set("run.steps=" + std::to_string(*train.steps));
  return {config.GetInt("run.steps", 10'000, 1, 1'000'000'000),
          static_cast<std::size_t>(config.GetInt("compute.threads", 1, 1, 1024))};
}

}  // namespace

int TrainSeeds(const SweepArguments& arguments) {
  const SignalStop stop;
  const auto [steps, threads] = ReadExperiment(arguments.train);
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  const std::size_t jobs =
      arguments.jobs > 0 ? arguments.jobs : std::max<std::size_t>(1, cores / threads);
  SeedSweep sweep(Plan(arguments), jobs);
  SweepView view(sweep.runs(), steps);
  view.Print(std::to_string(sweep.runs().size()) + " seeds, " +
             std::to_string(std::min(jobs, sweep.runs().size())) + " at a time");
  bool good = true;
  std::optional<std::string> refused;
  std::optional<Clock::time_point> stopped_at;
  Clock::time_point shown_at = {};
  while (!sweep.finished()) {
    for (const auto& ended : sweep.Tend()) {
      view.Show();
      if (ended.status == 0) continue;
      good = false;
      if (ended.refused && ended.status == 2 && !refused) refused = Words(ended.last_words);
      view.Print("seed " + std::to_string(ended.run->seed) + " ended with status " +
                 std::to_string(ended.status) + ": " + Words(ended.last_words));
    }
    if ((stop.requested() || refused) && !stopped_at) {  // others would be refused as well
      sweep.Stop();
      stopped_at = Clock::now();
    }
    if (stopped_at && Clock::now() - *stopped_at > kGrace) sweep.Kill();
    if (Clock::now() - shown_at > kViewEvery) {
      view.Show();
      shown_at = Clock::now();
    }
    std::this_thread::sleep_for(kTurn);
  }
  view.Show();
  if (refused) throw OperatorError(*refused);
  std::cout << view.Table();
  if (stop.requested()) {
    std::cout << "stopped; to go on with one: dyna train --resume FOLDER\n";
    return 1;
  }
  return good ? 0 : 1;
}

}  // namespace dyna::cli
