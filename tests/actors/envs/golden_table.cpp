#include "tests/actors/envs/golden_table.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace dyna::envs {
namespace {

std::vector<std::string> Split(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream in(line);
  for (std::string cell; std::getline(in, cell, ',');) cells.push_back(cell);
  return cells;
}

}  // namespace

GoldenTable GoldenTable::Load(const std::string& file) {
  std::ifstream in(std::string(DYNA_TEST_DATA) + "/golden/" + file);
  if (!in) throw std::runtime_error("no golden file " + file);
  GoldenTable table;
  std::string line;
  std::getline(in, line);
  table.header = Split(line);
  while (std::getline(in, line)) {
    std::vector<double> row;
    for (const auto& cell : Split(line)) row.push_back(std::stod(cell));
    if (row.size() != table.header.size()) throw std::runtime_error("ragged row in " + file);
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::size_t GoldenTable::Column(const std::string& name) const {
  const auto found = std::find(header.begin(), header.end(), name);
  if (found == header.end()) throw std::out_of_range("no golden column " + name);
  return static_cast<std::size_t>(found - header.begin());
}

std::vector<double> GoldenTable::Pick(std::size_t row,
                                      const std::vector<std::string>& names) const {
  std::vector<double> values;
  for (const auto& name : names) values.push_back(At(row, name));
  return values;
}

}  // namespace dyna::envs
