#include "cli/env_trace.hpp"

#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <span>
#include <string_view>

#include "actors/envs/registry.hpp"
#include "cli/env_commands.hpp"
#include "common/checkpoint/atomic_file.hpp"
#include "common/core/error.hpp"
#include "common/core/number_text.hpp"

namespace dyna::cli {
namespace {

std::string_view Trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (auto end = text.find(separator); end != std::string_view::npos; end = text.find(separator)) {
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  parts.push_back(text);
  return parts;
}

/// Without the empty one after the end of the last line.
std::vector<std::string_view> Lines(std::string_view text) {
  auto lines = Split(text, '\n');
  if (lines.back().empty()) lines.pop_back();
  return lines;
}

/// Comma-separated numbers; `place` (an option or file:line) begins every error.
std::vector<double> ParseNumbers(std::string_view text, const std::string& place) {
  if (Trimmed(text).empty()) throw ConfigError(place + ": empty, not a list of numbers");
  std::vector<double> values;
  for (const auto part : Split(text, ',')) {
    const auto digits = Trimmed(part);
    double value = 0.0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size() || !std::isfinite(value)) {
      throw ConfigError(place + ": '" + std::string(digits) + "' is not a finite number");
    }
    values.push_back(value);
  }
  return values;
}

std::string ReadText(const std::string& path, const std::string& content) {
  if (!std::filesystem::exists(path)) throw ConfigError(path + ": no such file of " + content);
  std::ifstream in(path, std::ios::binary);
  if (std::filesystem::is_directory(path) || !in.is_open()) {
    throw ConfigError(path + ": cannot be read as a file of " + content);
  }
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// "v0,v1,...", or the numbers of the file that "@FILE" names.
std::vector<double> ParseState(const std::string& state) {
  if (!state.starts_with('@')) return ParseNumbers(state, "--state");
  const std::string path = state.substr(1);
  std::vector<double> values;
  const std::string text = ReadText(path, "a state");
  const auto lines = Lines(text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto numbers = ParseNumbers(lines[i], path + ":" + std::to_string(i + 1));
    values.insert(values.end(), numbers.begin(), numbers.end());
  }
  return values;
}

/// Writes the rows of one trace.
class TraceTable {
 public:
  TraceTable(const EnvSpec& spec, bool with_state)
      : obs_(static_cast<std::size_t>(spec.observation.columns())),
        state_columns_(with_state ? spec.state_names.size() : 0) {
    for (std::size_t i = 0; i < obs_.size(); ++i) csv_ += "obs" + std::to_string(i) + ",";
    for (std::size_t i = 0; i < state_columns_; ++i) csv_ += spec.state_names[i] + ",";
    csv_ += "reward,terminated\n";
  }

  void Add(const envs::Environment& environment, double reward, bool terminated) {
    environment.Observe(obs_);
    csv_ += std::to_string(rows_++) + ",";
    Append(obs_);
    if (state_columns_ > 0) {
      const auto snapshot = environment.Snapshot();  // begins with the state
      Append({snapshot.data(), state_columns_});
    }
    csv_ += NumberText(reward);
    csv_ += terminated ? ",1\n" : ",0\n";
  }

  const std::string& csv() const noexcept { return csv_; }

 private:
  void Append(std::span<const double> values) {
    for (const double value : values) {
      csv_ += NumberText(value);
      csv_ += ',';
    }
  }

  std::string csv_ = "step,";
  std::vector<double> obs_;
  std::size_t state_columns_;  ///< 0: none
  std::int64_t rows_ = 0;
};

void Write(const TraceOptions& options, const std::string& csv, std::ostream& out) {
  if (options.out_path.empty()) {
    out << csv;
    return;
  }
  const auto status = std::filesystem::status(options.out_path);
  if (std::filesystem::is_character_file(status) || std::filesystem::is_fifo(status)) {
    std::ofstream(options.out_path) << csv;  // a device or pipe must not be renamed away
    return;
  }
  WriteFileAtomically(options.out_path, csv);
}

}  // namespace

void TraceEnvironment(const TraceOptions& options, std::ostream& out) {
  Config config = EnvironmentConfig(options.name, options.settings);
  const auto environment = envs::MakeEnvironment(config);
  config.RequireAllKeysUsed();
  const auto state = ParseState(options.state);
  const std::string actions = ReadText(options.actions_path, "actions");

  Rng rng(options.seed, "env trace");
  environment->Reset(rng);  // counters of an episode begin at 0
  try {
    environment->SetState(state);
  } catch (const EnvironmentError& error) {
    throw EnvironmentError(std::string("--state: ") + error.what());
  }
  TraceTable table(environment->spec(), options.with_state);
  table.Add(*environment, std::numeric_limits<double>::quiet_NaN(), false);

  const auto lines = Lines(actions);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string place = options.actions_path + ":" + std::to_string(i + 1);
    const auto action = ParseNumbers(lines[i], place);
    try {
      const auto result = environment->Step(action, rng);
      table.Add(*environment, result.reward, result.terminated);
    } catch (const EnvironmentError& error) {
      throw EnvironmentError(place + ": " + error.what());
    }
  }
  Write(options, table.csv(), out);
}

}  // namespace dyna::cli
