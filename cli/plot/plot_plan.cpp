#include "cli/plot/plot_plan.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <utility>

#include "common/config/config.hpp"
#include "common/core/error.hpp"
#include "common/run/run_folder.hpp"
#include "common/run/run_identity.hpp"

namespace dyna::cli {
namespace fs = std::filesystem;
namespace {

/// "LABEL=RUN" in two; no label where the whole text is a path.
std::pair<std::optional<std::string>, fs::path> Split(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || fs::exists(text)) return {std::nullopt, text};
  return {text.substr(0, equals), text.substr(equals + 1)};
}

/// "runs/pendulum_mbpo_seed3/" -> "pendulum_mbpo".
std::string DefaultLabel(const fs::path& run) {
  const fs::path whole = fs::weakly_canonical(run);
  std::string name = whole.filename().string();
  const auto at = name.rfind("_seed");
  const bool numbered = at != std::string::npos && at > 0 && at + 5 < name.size() &&
                        std::all_of(name.begin() + static_cast<std::ptrdiff_t>(at) + 5, name.end(),
                                    [](char c) { return c >= '0' && c <= '9'; });
  return numbered ? name.substr(0, at) : name;
}

/// Whether two runs that differ in this key are different experiments.
bool IsOfExperiment(const std::string& key) {
  static const std::vector<std::string> kTables = {"actor.", "env.",    "imagination.",  "learner.",
                                                   "model.", "replay.", "run.eval_every"};
  // Where a process listens is not what it learns.
  if (key == "learner.bind" || key == "replay.bind" || key == "model.bind") return false;
  return std::any_of(kTables.begin(), kTables.end(),
                     [&key](const std::string& table) { return key.starts_with(table); });
}

bool HasRow(const fs::path& csv) {
  std::ifstream file(csv);
  std::string line;
  return std::getline(file, line) && std::getline(file, line);
}

}  // namespace

PlotPlan PlanPlot(const std::vector<std::string>& runs) {
  PlotPlan plan;
  std::map<std::string, std::pair<fs::path, RunIdentity>> first_of;  // by default label
  for (const auto& text : runs) {
    const auto [given, path] = Split(text);
    const RunFolder folder = RunFolder::Open(path);
    if (!HasRow(folder.progress_path())) {
      throw OperatorError("'" + path.string() + "' has no evaluation in its progress.csv yet");
    }
    Config config = Config::FromFile(folder.config_path().string());
    const std::string environment = config.GetString("env.name", "");
    if (plan.environment.empty()) plan.environment = environment;
    if (plan.environment != environment) {
      throw OperatorError("'" + path.string() + "' is a run of " + environment +
                          ", the others of " + plan.environment +
                          ": returns of two environments do not compare");
    }
    const std::string label = given ? *given : DefaultLabel(path);
    if (!given) {
      RunIdentity identity = RunIdentity::From(config, IsOfExperiment);
      const auto [place, is_new] = first_of.try_emplace(label, path, identity);
      const std::string difference = identity.DifferenceFrom(place->second.second.Text());
      if (!is_new && !difference.empty()) {
        throw OperatorError("'" + place->second.first.string() + "' and '" + path.string() +
                            "' are both called '" + label + "', but differ: " + difference +
                            "; name them: LABEL=RUN");
      }
    }
    auto curve = std::find_if(plan.curves.begin(), plan.curves.end(),
                              [&](const auto& other) { return other.label == label; });
    if (curve == plan.curves.end()) {
      plan.curves.push_back({.label = label});
      curve = plan.curves.end() - 1;
    }
    curve->runs.push_back(fs::absolute(folder.progress_path()));
  }
  return plan;
}

std::string PlotJson(const PlotPlan& plan, const std::string& x, const std::string& format,
                     const fs::path& file) {
  toml::array curves;
  for (const auto& curve : plan.curves) {
    toml::array runs;
    for (const auto& run : curve.runs) runs.push_back(run.string());
    curves.push_back(toml::table{{"label", curve.label}, {"runs", runs}});
  }
  const toml::table json{{"title", plan.environment},
                         {"x", x},
                         {"format", format},
                         {"file", file.string()},
                         {"curves", curves}};
  std::ostringstream text;
  text << toml::json_formatter(json);
  return text.str();
}

}  // namespace dyna::cli
