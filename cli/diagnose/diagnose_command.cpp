#include "cli/diagnose/diagnose_command.hpp"

#include <cstdio>
#include <filesystem>
#include <span>
#include <vector>

#include "actors/envs/registry.hpp"
#include "cli/diagnose/real_episodes.hpp"
#include "common/core/error.hpp"
#include "common/core/number_text.hpp"
#include "common/run/csv_file.hpp"
#include "common/run/run_folder.hpp"

namespace dyna::cli {
namespace {

namespace fs = std::filesystem;
using diagnostics::ModelError;

void WriteCsv(const fs::path& path, std::span<const ModelError> errors) {
  const fs::path part = path.string() + ".part";  // under its name only once it is whole
  CsvFile csv = CsvFile::Create(part, {"steps", "column", "rmse", "rmse_member", "data_std",
                                       "nrmse", "coverage_50", "coverage_90", "windows"});
  for (const ModelError& error : errors) {
    csv.Append({std::to_string(error.steps), error.column, NumberText(error.rmse),
                NumberText(error.rmse_member), NumberText(error.data_std), NumberText(error.nrmse),
                NumberText(error.coverage_50), NumberText(error.coverage_90),
                std::to_string(error.windows)});
  }
  (void)csv.Sync();
  fs::rename(part, path);
}

void PrintHeader(const char* first, std::ostream& out) {
  char line[128];
  std::snprintf(line, sizeof line, "%10s  %12s  %12s  %10s  %9s  %9s\n", first, "rmse", "data std",
                "rmse/std", "in 50 %", "in 90 %");
  out << line;
}

void PrintLine(const std::string& first, const ModelError& error, std::ostream& out) {
  char line[128];
  std::snprintf(line, sizeof line, "%10s  %12.4g  %12.4g  %10.4f  %7.1f %%  %7.1f %%\n",
                first.c_str(), error.rmse, error.data_std, error.nrmse, 100.0 * error.coverage_50,
                100.0 * error.coverage_90);
  out << line;
}

/// All observations over the horizon, then each column at its end.
void PrintTables(std::span<const ModelError> errors, std::int64_t steps, std::ostream& out) {
  out << "\nall observations, by steps ahead\n";
  char line[128];
  std::snprintf(line, sizeof line, "%10s  %10s  %9s  %9s\n", "steps", "rmse/std", "in 50 %",
                "in 90 %");
  out << line;
  for (const ModelError& error : errors) {
    if (error.column != "obs") continue;
    std::snprintf(line, sizeof line, "%10lld  %10.4f  %7.1f %%  %7.1f %%\n",
                  static_cast<long long>(error.steps), error.nrmse, 100.0 * error.coverage_50,
                  100.0 * error.coverage_90);
    out << line;
  }
  for (const std::int64_t k : {std::int64_t{1}, steps}) {
    out << "\neach column, " << k << (k == 1 ? " step ahead\n" : " steps ahead\n");
    PrintHeader("column", out);
    for (const ModelError& error : errors) {
      if (error.steps == k && error.column != "obs") PrintLine(error.column, error, out);
    }
    if (steps == 1) break;
  }
}

}  // namespace

void Diagnose(const DiagnoseArguments& arguments, std::ostream& out) {
  const RunFolder folder = RunFolder::Open(arguments.run);
  Config config = Config::FromFile(folder.config_path().string());
  const auto loaded = folder.checkpoints().LoadLatest();
  const StateDict model = loaded.state.Sub("run/model_trainer/model/");
  if (model.arrays().empty()) {
    throw CheckpointError("'" + loaded.path.string() +
                          "' holds no dynamics model: the run has none, or is of a cluster, whose "
                          "model server keeps it");
  }
  const nn::Policy policy(
      nn::PolicyWeights::FromStateDict(loaded.state.Sub("run/learner/published/")));
  const auto environment = envs::MakeEnvironment(config);
  const EnvSpec& spec = environment->spec();
  const auto options = dynamics::ModelOptions::From(config, spec);
  const double epsilon = config.GetDouble("actor.epsilon_end", 0.1, 0.0, 1.0);
  const std::int64_t steps_max = config.GetInt("run.eval_steps_max", 10'000, 1, 1'000'000'000);
  std::vector<diagnostics::Trajectory> episodes;
  for (std::int64_t i = 0; i < arguments.episodes; ++i) {
    Rng rng(arguments.seed, "diagnose", static_cast<std::uint64_t>(i));
    episodes.push_back(PlayEpisode(*environment, policy, epsilon, steps_max, rng));
  }
  const auto errors = diagnostics::OpenLoopErrors(options, model,
                                                  {.steps = arguments.steps,
                                                   .windows_max = arguments.windows,
                                                   .seed = arguments.seed,
                                                   .rules = rules::RulesFor(spec.name)},
                                                  episodes);
  const fs::path csv = folder.path() / "model_error.csv";
  WriteCsv(csv, errors);
  out << spec.name << ", model and policy of " << loaded.path.string() << ": " << arguments.episodes
      << " new episodes, " << errors[0].windows << " starts\n";
  PrintTables(errors, arguments.steps, out);
  out << "\n" << csv.string() << '\n';
}

}  // namespace dyna::cli
