#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

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
  std::uint64_t Sync();

 private:
  CsvFile(std::filesystem::path path, std::ofstream out, std::uint64_t bytes);

  std::filesystem::path path_;
  std::ofstream out_;
  std::uint64_t bytes_;
};

}  // namespace dyna
