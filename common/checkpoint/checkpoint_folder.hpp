#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "common/core/state_dict.hpp"

namespace dyna {

/// Checkpoints of one run: FOLDER/step_000012000.ckpt, the newest few kept.
class CheckpointFolder {
 public:
  struct Loaded {
    StateDict state = {};
    std::filesystem::path path = {};
    std::vector<std::string> refused = {};  ///< newer files that were torn or corrupt, and why
  };

  /// `keep` >= 1 files are kept; two, so that a torn newest one costs little.
  explicit CheckpointFolder(std::filesystem::path folder, int keep = 2);

  /// Durable when it returns. OperatorError (full disk, no rights): older checkpoints still stand.
  std::filesystem::path Save(std::int64_t step, const StateDict& state) const;
  /// The newest readable one. CheckpointError when there is none, naming each refused file.
  Loaded LoadLatest() const;
  /// One file. CheckpointError naming it and what is wrong.
  static StateDict LoadFile(const std::filesystem::path& path);
  /// Oldest first.
  std::vector<std::filesystem::path> Files() const;

 private:
  std::filesystem::path folder_;
  int keep_;
};

}  // namespace dyna
