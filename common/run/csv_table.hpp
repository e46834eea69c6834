#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace dyna {

/// A CSV file of a run, read whole: no quotes, a header line. A last line that was being written is
/// left out.
struct CsvTable {
  std::vector<std::string> columns = {};
  std::vector<std::vector<std::string>> rows = {};

  /// Empty when there is no such file.
  static CsvTable Read(const std::filesystem::path& path);
  /// The cell as a number; NaN where there is no such column or no number.
  double Number(std::size_t row, const std::string& column) const;
};

}  // namespace dyna
