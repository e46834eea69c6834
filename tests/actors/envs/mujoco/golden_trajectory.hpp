#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/actors/envs/golden_table.hpp"

namespace dyna::envs {

/// The values of one row in the columns PREFIX0, PREFIX1, ...
std::vector<double> Numbered(const GoldenTable& table, std::size_t row, const std::string& prefix);

/// A recorded trajectory: row 0 is the start, row t the state after the t-th step.
class GoldenTrajectory {
 public:
  /// Reads STEM.csv, STEM_obs.csv and, where STEM.csv has no velocities, STEM_qvel.csv.
  explicit GoldenTrajectory(const std::string& stem);

  std::size_t rows() const { return table_.rows.size(); }
  /// qpos, then qvel.
  std::vector<double> State(std::size_t row) const;
  std::vector<double> Control(std::size_t row) const { return Numbered(table_, row, "ctrl"); }
  double At(std::size_t row, const std::string& column) const { return table_.At(row, column); }
  /// The columns PREFIX0, ... of the observation recorded for a row; empty where none was.
  std::vector<double> Observed(std::size_t row, const std::string& prefix) const;

 private:
  GoldenTable table_;
  GoldenTable observations_;
  GoldenTable velocities_;
  std::map<std::int64_t, std::size_t> observed_rows_;  ///< step to row of observations_
};

}  // namespace dyna::envs
