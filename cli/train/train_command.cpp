#include "cli/train/train_command.hpp"

#include <cstdio>
#include <filesystem>
#include <memory>
#include <utility>

#include "cli/data/data_file.hpp"
#include "cli/train/run_session.hpp"
#include "common/core/error.hpp"
#include "common/run/run_folder.hpp"
#include "common/run/signal_stop.hpp"

namespace dyna::cli {
namespace fs = std::filesystem;
namespace {

/// An array of strings in TOML; an array of one, too, is what the key holds.
std::string TomlStrings(const std::vector<std::string>& texts) {
  std::string toml = "[";
  for (const std::string& text : texts) {
    toml += toml.size() > 1 ? ", \"" : "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') toml += '\\';
      toml += c;
    }
    toml += '"';
  }
  return toml + "]";
}

Config ReadConfig(const TrainArguments& arguments, const std::string& path) {
  Config config = Config::FromFile(path);
  for (const auto& assignment : arguments.set) config.Set(assignment);
  if (arguments.seed) config.Set("run.seed=" + std::to_string(*arguments.seed));
  if (arguments.steps) config.Set("run.steps=" + std::to_string(*arguments.steps));
  if (!arguments.offline.empty()) config.Set("data.offline=" + TomlStrings(arguments.offline));
  return config;
}

RunSession NewRun(const TrainArguments& arguments) {
  Config config = ReadConfig(arguments, arguments.config);
  const bool tensorboard = config.GetBool("run.tensorboard", false);
  auto trainer = std::make_unique<LockstepTrainer>(config);
  if (trainer->offline()) trainer->FillFromFiles();
  fs::path out = arguments.out;
  if (out.empty()) {
    out = fs::path("runs") / (fs::path(arguments.config).stem().string() + "_seed" +
                              std::to_string(trainer->options().seed));
  }
  return RunSession::Begin(RunFolder::Create(out, config), std::move(trainer), tensorboard);
}

/// For the config of a run that is there.
std::unique_ptr<LockstepTrainer> TrainerAgain(Config& config) {
  (void)config.GetBool("run.tensorboard", false);  // its checkpoint says whether there is a file
  return std::make_unique<LockstepTrainer>(config);
}

RunSession ResumedRun(const TrainArguments& arguments) {
  const RunFolder folder = RunFolder::Open(arguments.resume);
  Config config = ReadConfig(arguments, folder.config_path().string());
  return RunSession::Resume(folder, TrainerAgain(config));
}

}  // namespace

int Train(const TrainArguments& arguments) {
  const SignalStop stop;  // first: a Ctrl-C while parts are built is kept for the loop
  RunSession session = arguments.resume.empty() ? NewRun(arguments) : ResumedRun(arguments);
  return session.Run(stop) ? 0 : 1;
}

void ImportData(const DataImportArguments& arguments, std::ostream& out) {
  const RunFolder folder = RunFolder::Open(arguments.into);
  Config config = Config::FromFile(folder.config_path().string());
  auto owned = TrainerAgain(config);
  LockstepTrainer& trainer = *owned;
  const TransitionBatch rows =
      ReadDataFiles(arguments.files, trainer.spec(), trainer.real_capacity());
  RunSession session = RunSession::Resume(folder, std::move(owned));
  trainer.Import(rows);
  session.SaveCheckpoint();
  out << folder.path().string() << ": " << rows.size()
      << " transitions are in its real table. To go on:\n  dyna train --resume "
      << folder.path().string() << '\n';
}

}  // namespace dyna::cli
