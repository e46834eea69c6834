#include "cli/bench/bench_command.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <system_error>
#include <thread>

#include "cli/bench/bench_case.hpp"
#include "cli/bench/bench_report.hpp"
#include "cli/bench/measurement.hpp"
#include "common/core/error.hpp"
#include "common/nn/torch/gemm.hpp"
#include "common/nn/torch/threads.hpp"

namespace dyna::cli {
namespace {

struct Effort {
  std::int64_t rounds;
  double seconds;  ///< of one round of one side of one case, at least one call
};

constexpr Effort kQuick = {.rounds = 3, .seconds = 0.2};
constexpr Effort kFull = {.rounds = 9, .seconds = 1.5};

/// The same work with compute.precision = "bf16".
BenchCase InBfloat16(const BenchCase& one) {
  return {.key = one.key + "_bf16", .gflop = one.gflop, .ours = [work = one.ours] {
            nn::SetPrecision(nn::Precision::kBfloat16);
            const double units = work();
            nn::SetPrecision(nn::Precision::kFloat32);
            return units;
          }};
}

std::vector<BenchCase> Cases() {
  std::vector<BenchCase> cases;
  for (auto make : {LearnerCases(), ModelCases()}) {
    for (const BenchCase& one : make) {
      cases.push_back(one);
      if (nn::HasBfloat16()) cases.push_back(InBfloat16(one));
    }
  }
  std::vector<BenchCase> replay = ReplayCases();
  std::move(replay.begin(), replay.end(), std::back_inserter(cases));
  return cases;
}

ConfigError NotWritable(const std::string& path) {
  return ConfigError("--json " + path + " cannot be written");
}

/// Finds out before minutes of work, without touching what is there.
void CheckWritable(const std::string& path) {
  std::error_code error;
  const bool there = std::filesystem::exists(path, error);
  if (!std::ofstream(path, std::ios::app)) throw NotWritable(path);
  if (!there) std::filesystem::remove(path, error);
}

void Save(const BenchReport& report, const std::string& path) {
  std::ofstream file(path);
  WriteJson(report, file);
  file.close();
  if (!file) throw NotWritable(path);
}

/// Rounds go through all cases in turn: what else the machine does then falls on all alike.
void Measure(const std::vector<BenchCase>& cases, const Effort& effort, BenchReport& report) {
  for (const BenchCase& one : cases) {
    report.results.push_back({.key = one.key, .gflop = one.gflop});
    one.ours();  // the first call allocates
    if (one.baseline) one.baseline();
  }
  for (std::int64_t round = 0; round < effort.rounds; ++round) {
    report.roofline.rounds.push_back(SgemmRoofline(0.1 * effort.seconds));
    for (std::size_t i = 0; i < cases.size(); ++i) {
      MeasureRound(cases[i].ours, effort.seconds, report.results[i].ours);
      if (!cases[i].baseline) continue;
      MeasureRound(cases[i].baseline, effort.seconds, report.results[i].baseline);
    }
  }
}

}  // namespace

int Bench(const BenchArguments& arguments, std::ostream& out) {
  if (!arguments.json.empty()) CheckWritable(arguments.json);
  const auto processors = static_cast<std::int64_t>(std::thread::hardware_concurrency());
  const std::int64_t threads =
      arguments.threads > 0 ? arguments.threads : std::max<std::int64_t>(processors, 1);
  nn::SetTorchThreads(static_cast<int>(threads));
  BenchReport report = {.processor = ProcessorName(), .threads = threads, .quick = arguments.quick};
  Measure(Cases(), arguments.quick ? kQuick : kFull, report);
  PrintTable(report, out);
  if (!arguments.json.empty()) Save(report, arguments.json);
  return 0;
}

void RegisterBench(CLI::App& app, BenchArguments& arguments, std::function<int()>& action) {
  auto* command = app.add_subcommand("bench", "Measure every stage of training on this machine");
  command->add_flag("--quick", arguments.quick,
                    "Few short rounds: under 45 seconds on two idle cores");
  command->add_option("--json", arguments.json, "Write the figures there")->type_name("FILE");
  command->add_option("--threads", arguments.threads, "LibTorch's threads; default all processors")
      ->type_name("N")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1024}));
  command->callback(
      [&arguments, &action] { action = [&arguments] { return Bench(arguments, std::cout); }; });
}

}  // namespace dyna::cli
