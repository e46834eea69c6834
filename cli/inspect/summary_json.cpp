#include <toml++/toml.h>

#include <cmath>
#include <sstream>

#include "cli/inspect/run_summary.hpp"

namespace dyna::cli {
namespace {

/// A row of progress.csv by column. JSON has no NaN: such a cell is left out.
toml::table RowOf(const CsvTable& csv, std::size_t row) {
  toml::table table;
  for (const auto& column : csv.columns) {
    const double value = csv.Number(row, column);
    if (!std::isfinite(value)) continue;
    constexpr double kWholeMax = 9007199254740992.0;  // 2^53
    if (value == std::floor(value) && std::abs(value) < kWholeMax) {
      table.insert_or_assign(column, static_cast<std::int64_t>(value));
    } else {
      table.insert_or_assign(column, value);
    }
  }
  return table;
}

toml::array ArraysOf(const RunSummary& summary) {
  toml::array arrays;
  for (const auto& array : summary.arrays) {
    toml::array shape;
    for (const auto size : array.shape) shape.push_back(size);
    arrays.push_back(toml::table{{"name", array.name},
                                 {"type", array.type},
                                 {"shape", shape},
                                 {"bytes", static_cast<std::int64_t>(array.bytes)}});
  }
  return arrays;
}

}  // namespace

std::string SummaryJson(const RunSummary& summary) {
  toml::table json;
  if (!summary.run.empty()) {
    json.insert("run", summary.run.string());
    json.insert("revision", summary.revision);
    json.insert("config", toml::parse(summary.config));
    json.insert("episodes", static_cast<std::int64_t>(summary.episodes));
    toml::array rows;
    for (std::size_t i = 0; i < summary.progress.rows.size(); ++i) {
      rows.push_back(RowOf(summary.progress, i));
    }
    json.insert("progress", rows);
    toml::table files;
    for (const auto& [name, bytes] : summary.files) {
      files.insert(name, static_cast<std::int64_t>(bytes));
    }
    json.insert("files", files);
  }
  if (!summary.checkpoint.empty()) {
    json.insert("checkpoint", summary.checkpoint.string());
    json.insert("arrays", ArraysOf(summary));
    json.insert("array_bytes", static_cast<std::int64_t>(summary.array_bytes()));
  }
  if (summary.step >= 0) json.insert("step", summary.step);
  if (summary.updates) json.insert("updates", *summary.updates);
  const auto version = [&json](const char* name, const std::optional<std::uint64_t>& value) {
    if (value) json.insert(name, static_cast<std::int64_t>(*value));
  };
  version("policy_version", summary.policy_version);
  version("model_version", summary.model_version);
  toml::array problems;
  for (const auto& problem : summary.problems) problems.push_back(problem);
  json.insert("problems", problems);
  std::ostringstream out;
  out << toml::json_formatter(json) << '\n';
  return out.str();
}

}  // namespace dyna::cli
