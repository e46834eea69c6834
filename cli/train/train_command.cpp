#include "cli/train/train_command.hpp"

#include <cstdio>
#include <filesystem>
#include <memory>
#include <utility>

#include "cli/train/run_session.hpp"
#include "common/core/error.hpp"
#include "common/run/run_folder.hpp"
#include "common/run/signal_stop.hpp"

namespace dyna::cli {
namespace fs = std::filesystem;
namespace {

Config ReadConfig(const TrainArguments& arguments, const std::string& path) {
  Config config = Config::FromFile(path);
  for (const auto& assignment : arguments.set) config.Set(assignment);
  if (arguments.seed) config.Set("run.seed=" + std::to_string(*arguments.seed));
  if (arguments.steps) config.Set("run.steps=" + std::to_string(*arguments.steps));
  return config;
}

RunSession NewRun(const TrainArguments& arguments) {
  Config config = ReadConfig(arguments, arguments.config);
  const bool tensorboard = config.GetBool("run.tensorboard", false);
  auto trainer = std::make_unique<LockstepTrainer>(config);
  fs::path out = arguments.out;
  if (out.empty()) {
    out = fs::path("runs") / (fs::path(arguments.config).stem().string() + "_seed" +
                              std::to_string(trainer->options().seed));
  }
  return RunSession::Begin(RunFolder::Create(out, config), std::move(trainer), tensorboard);
}

RunSession ResumedRun(const TrainArguments& arguments) {
  const RunFolder folder = RunFolder::Open(arguments.resume);
  Config config = ReadConfig(arguments, folder.config_path().string());
  (void)config.GetBool("run.tensorboard", false);  // its checkpoint says whether there is a file
  return RunSession::Resume(folder, std::make_unique<LockstepTrainer>(config));
}

}  // namespace

int Train(const TrainArguments& arguments) {
  const SignalStop stop;  // first: a Ctrl-C while parts are built is kept for the loop
  RunSession session = arguments.resume.empty() ? NewRun(arguments) : ResumedRun(arguments);
  return session.Run(stop) ? 0 : 1;
}

}  // namespace dyna::cli
