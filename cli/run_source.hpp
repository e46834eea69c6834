#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "common/core/state_dict.hpp"
#include "common/nn/policy_weights.hpp"
#include "common/run/run_folder.hpp"

namespace dyna::cli {

/// What `RUN|CHECKPOINT` on the command line stands for: a checkpoint, and the run around it.
struct RunSource {
  std::filesystem::path checkpoint = {};
  StateDict state = {};
  std::optional<RunFolder> folder = {};   ///< nothing for a checkpoint that was copied elsewhere
  std::vector<std::string> refused = {};  ///< newer checkpoints that were torn, and why

  /// Real environment steps at the checkpoint, from its name; -1 if it was renamed.
  std::int64_t step() const;
};

/// A run folder stands for its newest readable checkpoint, a file for itself. OperatorError when
/// `path` is neither.
RunSource OpenRunOrCheckpoint(const std::filesystem::path& path);

/// The policy that acted when the checkpoint was written. CheckpointError when it holds none.
nn::PolicyWeights PublishedPolicy(const RunSource& source);

}  // namespace dyna::cli
