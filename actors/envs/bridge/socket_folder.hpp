#pragma once

#include <filesystem>

namespace dyna::envs::bridge {

/// A folder of our own in the temporary folder, for the socket of a child. It is locked as long as
/// we live: a process that was killed cannot remove its folder, so the next one to make one does.
class SocketFolder {
 public:
  /// Removes the folders of processes that are gone, then makes its own. EnvironmentError if that
  /// fails.
  SocketFolder();
  /// Removes it.
  ~SocketFolder();
  SocketFolder(const SocketFolder&) = delete;
  SocketFolder& operator=(const SocketFolder&) = delete;

  const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
  int lock_ = -1;
};

}  // namespace dyna::envs::bridge
