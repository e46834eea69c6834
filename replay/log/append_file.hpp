#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>

#include "common/core/error.hpp"

namespace dyna::replay {

/// A file that only grows, as far as a log needs one. A seam: tests put full disks and failing ones
/// in its place.
class AppendFile {
 public:
  virtual ~AppendFile() = default;
  /// All of it or an error; then some of it may be there.
  virtual Status Write(std::span<const std::byte> bytes) = 0;
  /// What was written survives a power failure. After an error nobody knows what does, and trying
  /// again would not tell: the kernel may have dropped the pages and forgotten that it failed.
  virtual Status Sync() = 0;
  /// Cuts the file to `bytes`.
  virtual Status Truncate(std::uint64_t bytes) = 0;
};

/// Creates the file, which must not exist, and makes its name durable.
using CreateFile =
    std::function<Result<std::unique_ptr<AppendFile>>(const std::filesystem::path& path)>;

Result<std::unique_ptr<AppendFile>> CreatePosixFile(const std::filesystem::path& path);

/// fsync of a folder: names in it survive a power failure.
Status SyncFolder(const std::filesystem::path& folder);

}  // namespace dyna::replay
