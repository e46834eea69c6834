#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "common/core/state_dict.hpp"
#include "common/run/csv_table.hpp"

namespace dyna::cli {

/// One named array of a checkpoint.
struct ArraySummary {
  std::string name = {};
  std::string type = {};  ///< "float32", ...
  std::vector<std::int64_t> shape = {};
  std::uint64_t bytes = 0;
};

/// What a run folder or a checkpoint holds.
struct RunSummary {
  std::filesystem::path run = {};          ///< empty for a checkpoint outside of a run
  std::string config = {};                 ///< text of config.toml; empty as above
  std::string revision = {};               ///< of the program that began the run
  std::filesystem::path checkpoint = {};   ///< empty if there is none that can be read
  std::vector<std::string> problems = {};  ///< torn checkpoints and the like
  std::int64_t step = -1;                  ///< real steps at the checkpoint; -1 if unknown
  std::optional<std::int64_t> updates = {};
  std::optional<std::uint64_t> policy_version = {};
  std::optional<std::uint64_t> model_version = {};
  CsvTable progress = {};
  std::size_t episodes = 0;
  std::vector<std::pair<std::string, std::uint64_t>> files = {};  ///< path in the run, bytes
  std::vector<ArraySummary> arrays = {};

  std::uint64_t array_bytes() const;
};

/// OperatorError when `path` is neither a run folder nor a readable checkpoint. A run whose
/// checkpoints cannot be read is summed up without.
RunSummary Summarize(const std::filesystem::path& path);

/// For people. `all_arrays`: a line for each array, else one for each part of the program.
std::string SummaryText(const RunSummary& summary, bool all_arrays);
/// All of it, the config included, as one JSON object.
std::string SummaryJson(const RunSummary& summary);

}  // namespace dyna::cli
