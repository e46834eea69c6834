#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace dyna::envs {

/// A golden CSV of numbers under one header line.
struct GoldenTable {
  std::vector<std::string> header = {};
  std::vector<std::vector<double>> rows = {};

  /// tests/data/golden/`file`; throws std::runtime_error when missing or ragged.
  static GoldenTable Load(const std::string& file);
  /// Index of a column; throws std::out_of_range when absent.
  std::size_t Column(const std::string& name) const;
  /// The named columns of one row.
  std::vector<double> Pick(std::size_t row, const std::vector<std::string>& names) const;
  double At(std::size_t row, const std::string& name) const { return rows[row][Column(name)]; }
};

}  // namespace dyna::envs
