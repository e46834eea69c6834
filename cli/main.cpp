#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <functional>
#include <iostream>

#include "cli/bench/bench_command.hpp"
#include "cli/cluster/keygen_command.hpp"
#include "cli/cluster/launch_command.hpp"
#include "cli/cluster/top_command.hpp"
#include "cli/data/data_commands.hpp"
#include "cli/diagnose/diagnose_command.hpp"
#include "cli/env_commands.hpp"
#include "cli/eval_command.hpp"
#include "cli/export/export_command.hpp"
#include "cli/inspect/inspect_command.hpp"
#include "cli/plot/plot_command.hpp"
#include "cli/render/render_command.hpp"
#include "cli/sweep/sweep_command.hpp"
#include "cli/train/train_command.hpp"
#include "common/core/error.hpp"
#include "common/nn/torch/process_tuning.hpp"
#include "common/run/revision.hpp"

namespace {

using Action = std::function<int()>;

void RegisterTrain(CLI::App& app, dyna::cli::SweepArguments& sweep, Action& action) {
  dyna::cli::TrainArguments& arguments = sweep.train;
  auto* command = app.add_subcommand(
      "train", "Train an agent: one process, deterministic, every step in a fixed order");
  auto* config = command->add_option("--config", arguments.config, "Experiment, a TOML file")
                     ->type_name("FILE");
  auto* set =
      command->add_option("--set", arguments.set, "Override one key of the config; may be repeated")
          ->type_name("KEY=VALUE")
          ->take_all();
  auto* seed =
      command->add_option("--seed", arguments.seed, "Same as --set run.seed=N")->type_name("N");
  command->add_option("--steps", arguments.steps, "Same as --set run.steps=N")->type_name("N");
  auto* out = command->add_option("--out", arguments.out, "Run folder; default runs/CONFIG_seedN")
                  ->type_name("DIR");
  auto* offline =
      command
          ->add_option("--offline", arguments.offline,
                       "Learn from recorded transitions, .npz or .hdf5, and take no step: same as "
                       "--set data.offline=[...]")
          ->type_name("FILE");
  auto* resume =
      command->add_option("--resume", arguments.resume, "Go on with a run from its last checkpoint")
          ->type_name("DIR");
  auto* seeds = command
                    ->add_option("--seeds", sweep.seeds,
                                 "Several runs at the same time, as 0..4 or 3,7,11; with --out DIR "
                                 "into DIR_seedN")
                    ->type_name("LIST");
  command
      ->add_option("--jobs", sweep.jobs,
                   "How many runs of --seeds at a time; default: the cores of this machine over "
                   "compute.threads")
      ->type_name("N")
      ->needs(seeds)
      ->check(CLI::Range(std::size_t{1}, std::size_t{1000}));
  seeds->excludes(seed);
  resume->excludes(config)
      ->excludes(set)
      ->excludes(seed)
      ->excludes(out)
      ->excludes(offline)
      ->excludes(seeds);
  command->callback([&arguments, &sweep, &action, command] {
    if (arguments.config.empty() && arguments.resume.empty()) {
      throw CLI::RequiredError(command->get_name() + " needs --config FILE or --resume DIR, which");
    }
    action = [&sweep] {
      return sweep.seeds.empty() ? dyna::cli::Train(sweep.train) : dyna::cli::TrainSeeds(sweep);
    };
  });
}

void RegisterEval(CLI::App& app, dyna::cli::EvalArguments& arguments, Action& action) {
  auto* command = app.add_subcommand("eval", "Play episodes with a run's newest policy");
  command->add_option("run", arguments.run, "Run folder")->type_name("RUN")->required();
  command->add_option("--episodes", arguments.episodes, "How many episodes")
      ->type_name("N")
      ->capture_default_str()
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{10'000}));
  command->add_option("--seed", arguments.seed, "Seed of the start states")
      ->type_name("N")
      ->capture_default_str();
  command->callback([&arguments, &action] {
    action = [&arguments] {
      dyna::cli::Evaluate(arguments, std::cout);
      return 0;
    };
  });
}

void RegisterDiagnose(CLI::App& app, dyna::cli::DiagnoseArguments& arguments, Action& action) {
  auto* command = app.add_subcommand(
      "diagnose", "How far ahead a run's dynamics model can be trusted, on new real episodes");
  command->add_option("run", arguments.run, "Run folder")->type_name("RUN")->required();
  const auto count = [command](const char* name, std::int64_t& value, const char* what,
                               std::int64_t most) {
    command->add_option(name, value, what)
        ->type_name("N")
        ->capture_default_str()
        ->check(CLI::Range(std::int64_t{1}, most));
  };
  count("--steps", arguments.steps, "How many steps ahead", 10'000);
  count("--episodes", arguments.episodes, "How many episodes to play", 10'000);
  count("--starts", arguments.windows, "At most how many predictions, spread over them", 100'000);
  command->add_option("--seed", arguments.seed, "Seed of the episodes and of the model's noise")
      ->type_name("N")
      ->capture_default_str();
  command->callback([&arguments, &action] {
    action = [&arguments] {
      dyna::cli::Diagnose(arguments, std::cout);
      return 0;
    };
  });
}

struct DataArguments {
  dyna::cli::DataImportArguments import_ = {};
  dyna::cli::DataExportArguments export_ = {};
};

void RegisterData(CLI::App& app, DataArguments& arguments, Action& action) {
  auto* data = app.add_subcommand("data", "Recorded transitions: into a run, out of a run");
  data->require_subcommand(1);
  auto* in = data->add_subcommand("import", "Add transitions to the real table of a run");
  in->add_option("files", arguments.import_.files,
                 ".npz, or .hdf5 in D4RL's or Minari's layout (docs/data.md)")
      ->type_name("FILE...")
      ->required();
  in->add_option("--into", arguments.import_.into, "Run folder")->type_name("RUN")->required();
  in->callback([&arguments, &action] {
    action = [&arguments] {
      dyna::cli::ImportData(arguments.import_, std::cout);
      return 0;
    };
  });
  auto* out = data->add_subcommand("export", "Write the real table of a run to a file");
  out->add_option("run", arguments.export_.run, "Run folder")->type_name("RUN")->required();
  out->add_option("--out", arguments.export_.out, "A name that ends in .npz, .hdf5 or .h5")
      ->type_name("FILE")
      ->required();
  out->callback([&arguments, &action] {
    action = [&arguments] {
      dyna::cli::ExportData(arguments.export_, std::cout);
      return 0;
    };
  });
}

void RegisterLaunch(CLI::App& app, dyna::cli::LaunchArguments& arguments, Action& action) {
  auto* command = app.add_subcommand(
      "launch", "Train as a cluster of processes on this machine, everything at the same time");
  const auto workers = [command](const char* name, std::int64_t& count, const char* what,
                                 std::int64_t least) {
    command->add_option(name, count, what)
        ->type_name("N")
        ->capture_default_str()
        ->check(CLI::Range(least, std::int64_t{256}));
  };
  command->add_option("--config", arguments.config, "Experiment, a TOML file")
      ->type_name("FILE")
      ->required();
  command->add_option("--set", arguments.set, "Override one key of the config; may be repeated")
      ->type_name("KEY=VALUE")
      ->take_all();
  command->add_option("--seed", arguments.seed, "Same as --set run.seed=N")->type_name("N");
  command->add_option("--out", arguments.out, "Run folder; default runs/CONFIG_seedN")
      ->type_name("DIR");
  command
      ->add_option("--keys", arguments.keys,
                   "Encrypt, and let in only who has a key: a folder that `dyna keygen` made")
      ->type_name("DIR");
  workers("--actors", arguments.actors, "Actors, which step real environments", 1);
  workers("--imagination", arguments.imagination, "Imagination workers", 0);
  workers("--shards", arguments.shards, "Replay shards", 1);
  command->callback(
      [&arguments, &action] { action = [&arguments] { return dyna::cli::Launch(arguments); }; });
}

void RegisterKeygen(CLI::App& app, std::string& folder, Action& action) {
  auto* command = app.add_subcommand(
      "keygen", "Make the keys of a cluster: a pair for each role and the list of who may connect");
  command->add_option("folder", folder, "Where to, a folder that is not there yet")
      ->type_name("DIR")
      ->required();
  command->callback([&folder, &action] {
    action = [&folder] {
      dyna::cli::Keygen(folder, std::cout);
      return 0;
    };
  });
}

struct TopArguments {
  std::string run = {};
  bool once = false;
};

void RegisterTop(CLI::App& app, TopArguments& arguments, Action& action) {
  auto* command = app.add_subcommand("top", "Show what every process of a running cluster does");
  command->add_option("run", arguments.run, "Run folder")->type_name("RUN")->required();
  command->add_flag("--once", arguments.once, "Print one screen and end");
  command->callback([&arguments, &action] {
    action = [&arguments] { return dyna::cli::Top(arguments.run, arguments.once, std::cout); };
  });
}

}  // namespace

int main(int argc, char** argv) try {
  dyna::nn::TuneProcess();
  CLI::App app("OpenDyna: Dyna-style model-based reinforcement learning");
  app.set_version_flag("--version", std::string("OpenDyna ") + dyna::kRevision);
  app.require_subcommand(1);
  Action action;
  dyna::cli::SweepArguments train;
  dyna::cli::EvalArguments eval;
  dyna::cli::LaunchArguments launch;
  TopArguments top;
  dyna::cli::DiagnoseArguments diagnose;
  DataArguments data;
  std::string keygen_folder;
  dyna::cli::BenchArguments bench;
  RegisterTrain(app, train, action);
  RegisterEval(app, eval, action);
  RegisterDiagnose(app, diagnose, action);
  RegisterData(app, data, action);
  RegisterLaunch(app, launch, action);
  RegisterTop(app, top, action);
  RegisterKeygen(app, keygen_folder, action);
  dyna::cli::RegisterBench(app, bench, action);
  dyna::cli::RegisterEnvCommands(app, action);
  dyna::cli::RegisterExportCommand(app, action);
  dyna::cli::RegisterInspectCommand(app, action);
  dyna::cli::RegisterPlotCommand(app, action);
  dyna::cli::RegisterRenderCommand(app, action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return action();
} catch (const dyna::OperatorError& error) {
  std::fprintf(stderr, "dyna: %s\n", error.what());
  return 2;
} catch (const dyna::DivergenceError& error) {
  std::fprintf(stderr, "dyna: %s\n", error.what());
  return 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "dyna: fatal: %s\n", error.what());
  return 1;
}
