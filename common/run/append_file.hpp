#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string_view>

namespace dyna {

/// A file that only grows and can be cut back to a checkpoint.
class AppendFile {
 public:
  /// Starts a new file with these bytes.
  static AppendFile Create(const std::filesystem::path& path, std::string_view bytes);
  /// Goes on with a file whose first `bytes` bytes are known good; what follows is cut off.
  /// CheckpointError when the file is shorter than that.
  static AppendFile Resume(const std::filesystem::path& path, std::uint64_t bytes);

  /// Hands the bytes to the system at once.
  void Append(std::string_view bytes);
  /// Bytes on the disk for sure when this returns.
  std::uint64_t Sync();

 private:
  AppendFile(std::filesystem::path path, std::ofstream out, std::uint64_t bytes);

  std::filesystem::path path_;
  std::ofstream out_;
  std::uint64_t bytes_;
};

}  // namespace dyna
