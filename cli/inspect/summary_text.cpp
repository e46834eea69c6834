#include <cmath>
#include <cstdio>
#include <map>
#include <sstream>

#include "cli/inspect/run_summary.hpp"
#include "common/config/config.hpp"
#include "common/telemetry/progress_view.hpp"

namespace dyna::cli {
namespace {

constexpr std::size_t kRowsShown = 5;  // of progress.csv

std::string Padded(const std::string& text, int width, bool right = false) {
  char buffer[256];
  std::snprintf(buffer, sizeof buffer, right ? "%*s" : "%-*s", width, text.c_str());
  return buffer;
}

std::string SizeText(std::uint64_t bytes) {
  const char* const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; value >= 1024.0 && unit < 4; ++unit) value /= 1024.0;
  char text[32];
  std::snprintf(text, sizeof text, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
  return text;
}

std::string ShapeText(const std::vector<std::int64_t>& shape) {
  std::string text;
  for (const auto size : shape) text += (text.empty() ? "" : ", ") + std::to_string(size);
  return "[" + text + "]";
}

std::string NumberOrDash(double value, const char* format) {
  if (std::isnan(value)) return "-";
  char text[32];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

void Line(std::ostream& out, const std::string& name, const std::string& value) {
  out << Padded(name, 13) << value << '\n';
}

void WriteRun(const RunSummary& summary, std::ostream& out) {
  Line(out, "run", summary.run.string());
  Config config = Config::FromText(summary.config, (summary.run / "config.toml").string());
  Line(out, "environment", config.GetString("env.name", "?"));
  const auto model = config.GetString("model.kind", "none");
  Line(out, "algorithm", config.GetString("learner.algorithm", "?") + ", model: " + model);
  Line(out, "seed", std::to_string(config.GetInt("run.seed", 0, 0, INT64_MAX)));
  Line(out, "revision", summary.revision);
  Line(out, "real steps",
       std::to_string(summary.step) + " of " +
           std::to_string(config.GetInt("run.steps", 0, 0, INT64_MAX)));
  Line(out, "episodes", std::to_string(summary.episodes));
}

void WriteReturns(const CsvTable& progress, std::ostream& out) {
  if (progress.rows.empty()) return;
  out << "\nnewest evaluations of " << progress.rows.size() << '\n';
  out << "      step      return         +-   model mse       time\n";
  const std::size_t rows = progress.rows.size();
  for (std::size_t i = rows > kRowsShown ? rows - kRowsShown : 0; i < rows; ++i) {
    const auto cell = [&](const char* column, const char* format, int width) {
      out << Padded(NumberOrDash(progress.Number(i, column), format), width, true);
    };
    cell("env_steps", "%.0f", 10);
    cell("eval_return_mean", "%.2f", 12);
    cell("eval_return_std", "%.2f", 11);
    cell("model_holdout_mse", "%.3g", 12);
    out << Padded(telemetry::ClockText(progress.Number(i, "wall_seconds")), 11, true) << '\n';
  }
}

/// "run/learner/algorithm/critic0/weight" -> "run/learner/algorithm".
std::string PartOf(const std::string& name) {
  std::size_t end = 0;
  for (int i = 0; i < 3; ++i) {
    const auto slash = name.find('/', end);
    if (slash == std::string::npos) return i == 0 ? "(counters)" : name.substr(0, end - 1);
    end = slash + 1;
  }
  return name.substr(0, end - 1);
}

void WriteParts(const RunSummary& summary, std::ostream& out) {
  std::map<std::string, std::pair<std::size_t, std::uint64_t>> parts;
  for (const auto& array : summary.arrays) {
    auto& [count, bytes] = parts[PartOf(array.name)];
    ++count;
    bytes += array.bytes;
  }
  out << "\npart of the checkpoint            arrays        size\n";
  for (const auto& [name, part] : parts) {
    out << Padded(name, 30) << Padded(std::to_string(part.first), 10, true)
        << Padded(SizeText(part.second), 12, true) << '\n';
  }
}

void WriteArrays(const RunSummary& summary, std::ostream& out) {
  out << "\narray" << std::string(55, ' ') << "type     shape                   bytes\n";
  for (const auto& array : summary.arrays) {
    out << Padded(array.name, 60) << Padded(array.type, 9) << Padded(ShapeText(array.shape), 16)
        << Padded(std::to_string(array.bytes), 13, true) << '\n';
  }
}

}  // namespace

std::string SummaryText(const RunSummary& summary, bool all_arrays) {
  std::ostringstream out;
  if (!summary.run.empty()) {
    WriteRun(summary, out);
  } else {
    Line(out, "real steps", summary.step < 0 ? "?" : std::to_string(summary.step));
  }
  if (summary.updates) Line(out, "updates", std::to_string(*summary.updates));
  if (summary.policy_version)
    Line(out, "policy", "version " + std::to_string(*summary.policy_version));
  if (summary.model_version)
    Line(out, "model", "version " + std::to_string(*summary.model_version));
  for (const auto& problem : summary.problems) Line(out, "problem", problem);
  WriteReturns(summary.progress, out);
  if (!summary.files.empty()) out << '\n';
  for (const auto& [name, bytes] : summary.files) {
    out << Padded(name, 40) << Padded(SizeText(bytes), 12, true) << '\n';
  }
  if (summary.arrays.empty()) return out.str();
  if (all_arrays) {
    WriteArrays(summary, out);
  } else {
    WriteParts(summary, out);
  }
  out << summary.checkpoint.string() << ": " << summary.arrays.size() << " arrays, "
      << SizeText(summary.array_bytes()) << (all_arrays ? "" : "; --arrays lists them") << '\n';
  return out.str();
}

}  // namespace dyna::cli
