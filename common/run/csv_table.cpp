#include "common/run/csv_table.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <sstream>

namespace dyna {
namespace {

std::vector<std::string> Cells(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream stream(line);
  for (std::string cell; std::getline(stream, cell, ',');) cells.push_back(cell);
  if (line.ends_with(',')) cells.emplace_back();
  return cells;
}

}  // namespace

CsvTable CsvTable::Read(const std::filesystem::path& path) {
  CsvTable table;
  std::ifstream file(path);
  std::string line;
  while (std::getline(file, line) && !file.eof()) {  // at the end without '\n': half a line
    if (table.columns.empty()) {
      table.columns = Cells(line);
    } else {
      table.rows.push_back(Cells(line));
    }
  }
  return table;
}

double CsvTable::Number(std::size_t row, const std::string& column) const {
  const auto found = std::find(columns.begin(), columns.end(), column);
  const auto at = static_cast<std::size_t>(found - columns.begin());
  if (found == columns.end() || row >= rows.size() || at >= rows[row].size()) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const std::string& cell = rows[row][at];
  char* end = nullptr;
  const double value = std::strtod(cell.c_str(), &end);
  return end == cell.c_str() ? std::numeric_limits<double>::quiet_NaN() : value;
}

}  // namespace dyna
