#include "cli/plot/plot_command.hpp"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <memory>

#include "cli/plot/plot_plan.hpp"
#include "cli/python/draw.hpp"
#include "common/core/error.hpp"

namespace dyna::cli {
namespace fs = std::filesystem;
namespace {

struct Arguments {
  std::vector<std::string> runs = {};
  std::string out = "plot.png";
  std::string x = "steps";
};

void Plot(const Arguments& arguments) {
  const std::string extension = fs::path(arguments.out).extension().string();
  if (extension != ".png" && extension != ".svg") {
    throw OperatorError("--out " + arguments.out + ": a plot is a .png or a .svg");
  }
  const PlotPlan plan = PlanPlot(arguments.runs);
  DrawWithPython(
      {.name = "plot.py", .needs = {.names = "matplotlib, numpy", .package = "python3-matplotlib"}},
      arguments.out, [&](const fs::path& /*folder*/, const fs::path& picture) {
        return PlotJson(plan, arguments.x == "time" ? "wall_seconds" : "env_steps",
                        extension.substr(1), picture);
      });
  std::cout << arguments.out << ": " << plan.environment;
  for (const auto& curve : plan.curves) {
    std::cout << ", " << curve.label << " (" << curve.runs.size()
              << (curve.runs.size() == 1 ? " seed)" : " seeds)");
  }
  std::cout << '\n';
}

}  // namespace

void RegisterPlotCommand(CLI::App& app, std::function<int()>& action) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand(
      "plot", "Draw learning curves over seeds, the model's error and where the time went");
  command
      ->add_option("runs", arguments->runs,
                   "Run folders; those of one label are the seeds of one curve. The label is the "
                   "folder's name without _seedN, unless given as LABEL=RUN")
      ->type_name("[LABEL=]RUN")
      ->required();
  command->add_option("--out", arguments->out, "Picture to write, .png or .svg")
      ->type_name("FILE")
      ->capture_default_str();
  command->add_option("--x", arguments->x, "Over real environment steps, or wall-clock time")
      ->capture_default_str()
      ->check(CLI::IsMember({"steps", "time"}));
  command->callback([arguments, &action] {
    action = [arguments] {
      Plot(*arguments);
      return 0;
    };
  });
}

}  // namespace dyna::cli
