#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "common/run/append_file.hpp"

namespace dyna {

/// A CSV file that grows row by row and can be cut back to a checkpoint.
class CsvFile {
 public:
  /// Starts a new file with a header line.
  static CsvFile Create(const std::filesystem::path& path, const std::vector<std::string>& columns);
  /// Goes on with a file whose first `bytes` bytes are known good; what follows is cut off.
  /// CheckpointError when the file is shorter than that.
  static CsvFile Resume(const std::filesystem::path& path, std::uint64_t bytes);

  /// Appends one row and hands it to the system at once.
  void Append(const std::vector<std::string>& cells);
  /// Bytes on the disk for sure when this returns.
  std::uint64_t Sync() { return file_.Sync(); }

 private:
  explicit CsvFile(AppendFile file) : file_(std::move(file)) {}

  AppendFile file_;
};

}  // namespace dyna
