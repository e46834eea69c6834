#include "cli/inspect/run_summary.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "cli/run_source.hpp"
#include "common/core/error.hpp"

namespace dyna::cli {
namespace fs = std::filesystem;
namespace {

const char* TypeName(StateDict::Type type) {
  switch (type) {
    case StateDict::Type::kFloat32:
      return "float32";
    case StateDict::Type::kFloat64:
      return "float64";
    case StateDict::Type::kInt64:
      return "int64";
    case StateDict::Type::kUint64:
      return "uint64";
    case StateDict::Type::kUint8:
      return "uint8";
  }
  return "";
}

template <class T>
std::optional<T> ScalarIf(const StateDict& state, const std::string& name) {
  if (!state.Has(name)) return std::nullopt;
  return state.GetScalar<T>(name);
}

void AddCheckpoint(const RunSource& source, RunSummary& summary) {
  const StateDict& state = source.state;
  summary.checkpoint = source.checkpoint;
  summary.step = source.step();
  for (const auto& reason : source.refused) summary.problems.push_back(reason);
  summary.updates = ScalarIf<std::int64_t>(state, "run/learner/updates");
  summary.policy_version = ScalarIf<std::uint64_t>(state, "run/learner/version");
  for (const char* name : {"run/model_trainer/version", "run/version"}) {
    if (!summary.model_version) summary.model_version = ScalarIf<std::uint64_t>(state, name);
  }
  for (const auto& [name, array] : state.arrays()) {
    summary.arrays.push_back({.name = name,
                              .type = TypeName(array.type),
                              .shape = array.shape,
                              .bytes = array.bytes.size()});
  }
}

void AddFolder(const RunFolder& folder, RunSummary& summary) {
  summary.run = folder.path();
  std::ifstream file(folder.config_path());
  std::ostringstream text;
  text << file.rdbuf();
  summary.config = text.str();
  // "# Effective config of this run; revision REVISION"
  const std::string mark = "; revision ";
  const std::string first = summary.config.substr(0, summary.config.find('\n'));
  const auto at = first.find(mark);
  if (at != std::string::npos) summary.revision = first.substr(at + mark.size());
  summary.progress = CsvTable::Read(folder.progress_path());
  summary.episodes = CsvTable::Read(folder.episodes_path()).rows.size();
  for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
    if (!entry.is_regular_file()) continue;
    summary.files.emplace_back(fs::relative(entry.path(), folder.path()).string(),
                               entry.file_size());
  }
  std::sort(summary.files.begin(), summary.files.end());
}

}  // namespace

std::uint64_t RunSummary::array_bytes() const {
  std::uint64_t bytes = 0;
  for (const auto& array : arrays) bytes += array.bytes;
  return bytes;
}

RunSummary Summarize(const fs::path& path) {
  RunSummary summary;
  std::optional<RunFolder> folder;
  try {
    RunSource source = OpenRunOrCheckpoint(path);
    folder = std::move(source.folder);
    AddCheckpoint(source, summary);
  } catch (const CheckpointError& error) {
    if (!fs::is_directory(path)) throw;
    folder = RunFolder::Open(path);
    summary.problems.emplace_back(error.what());
  }
  if (folder) AddFolder(*folder, summary);
  return summary;
}

}  // namespace dyna::cli
