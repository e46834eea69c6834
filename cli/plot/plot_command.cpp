#include "cli/plot/plot_command.hpp"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <stdexcept>

#include "cli/plot/plot_plan.hpp"
#include "cli/plot/plot_script.hpp"
#include "cli/plot/python.hpp"
#include "common/checkpoint/atomic_file.hpp"
#include "common/core/error.hpp"

namespace dyna::cli {
namespace fs = std::filesystem;
namespace {

struct Arguments {
  std::vector<std::string> runs = {};
  std::string out = "plot.png";
  std::string x = "steps";
};

/// Where the script and the unfinished picture lie; gone with its object.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = (fs::temp_directory_path() / "dyna_plot_XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
      throw OperatorError("cannot make a folder in '" + fs::temp_directory_path().string() + "'");
    }
    path_ = name;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  fs::path operator/(const std::string& name) const { return path_ / name; }

 private:
  fs::path path_;
};

std::string ReadWhole(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  if (!file || bytes.str().empty()) throw std::runtime_error("plot: Python has drawn nothing");
  return bytes.str();
}

void Plot(const Arguments& arguments) {
  const std::string extension = fs::path(arguments.out).extension().string();
  if (extension != ".png" && extension != ".svg") {
    throw OperatorError("--out " + arguments.out + ": a plot is a .png or a .svg");
  }
  const PlotPlan plan = PlanPlot(arguments.runs);
  const std::string python = PythonWithMatplotlib();
  const ScratchFolder scratch;
  const fs::path picture = scratch / "picture";
  WriteFileAtomically(scratch / "plot.py", PlotScript());
  WriteFileAtomically(scratch / "plan.json",
                      PlotJson(plan, arguments.x == "time" ? "wall_seconds" : "env_steps",
                               extension.substr(1), picture));
  const int status =
      RunProgram({python, scratch / "plot.py", scratch / "plan.json"}, /*quiet=*/false);
  if (status != 0) {
    throw std::runtime_error("plot: " + python + " ended with status " + std::to_string(status));
  }
  WriteFileAtomically(arguments.out, ReadWhole(picture));
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
