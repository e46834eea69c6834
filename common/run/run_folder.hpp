#pragma once

#include <filesystem>
#include <string>

#include "common/checkpoint/checkpoint_folder.hpp"
#include "common/config/config.hpp"

namespace dyna {

/// A run on the disk: config.toml, progress.csv, episodes.csv, checkpoints/.
class RunFolder {
 public:
  /// Makes the folder and writes the effective config with revision and seed in its head.
  /// OperatorError when it already holds a run.
  static RunFolder Create(const std::filesystem::path& path, const Config& config);
  /// An existing run. OperatorError when `path` is not one.
  static RunFolder Open(const std::filesystem::path& path);

  const std::filesystem::path& path() const noexcept { return path_; }
  std::filesystem::path config_path() const { return path_ / "config.toml"; }
  std::filesystem::path progress_path() const { return path_ / "progress.csv"; }
  std::filesystem::path episodes_path() const { return path_ / "episodes.csv"; }
  /// In a folder of its own, which is what TensorBoard is given; it looks for "tfevents".
  std::filesystem::path tensorboard_path() const {
    return path_ / "tensorboard" / "events.out.tfevents.0.opendyna";
  }
  CheckpointFolder checkpoints() const { return CheckpointFolder(path_ / "checkpoints"); }

 private:
  explicit RunFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

}  // namespace dyna
