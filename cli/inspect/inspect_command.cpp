#include "cli/inspect/inspect_command.hpp"

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "cli/inspect/run_summary.hpp"

namespace dyna::cli {
namespace {

struct Arguments {
  std::string run = {};
  bool arrays = false;
  bool json = false;
};

}  // namespace

void RegisterInspectCommand(CLI::App& app, std::function<int()>& action) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand("inspect", "Show what a run or a checkpoint holds");
  command->add_option("run", arguments->run, "Run folder, or one checkpoint file")
      ->type_name("RUN|CHECKPOINT")
      ->required();
  command->add_flag("--arrays", arguments->arrays, "List every array of the checkpoint");
  command->add_flag("--json", arguments->json, "Everything, as one JSON object");
  command->callback([arguments, &action] {
    action = [arguments] {
      const RunSummary summary = Summarize(arguments->run);
      std::cout << (arguments->json ? SummaryJson(summary)
                                    : SummaryText(summary, arguments->arrays));
      return 0;
    };
  });
}

}  // namespace dyna::cli
