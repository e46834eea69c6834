#pragma once

#include <filesystem>

namespace dyna::replay {

/// Keeps a folder to one process for as long as it lives: two shards that write one log would lose
/// rows. The kernel gives it up at the process' death, whatever it died of.
class FolderLock {
 public:
  /// Creates the folder if there is none. OperatorError if another process has it, or it cannot be
  /// created or opened.
  explicit FolderLock(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int fd_;
};

}  // namespace dyna::replay
