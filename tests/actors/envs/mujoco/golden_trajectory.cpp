#include "tests/actors/envs/mujoco/golden_trajectory.hpp"

#include <algorithm>

namespace dyna::envs {
namespace {

bool Has(const GoldenTable& table, const std::string& column) {
  return std::find(table.header.begin(), table.header.end(), column) != table.header.end();
}

}  // namespace

std::vector<double> Numbered(const GoldenTable& table, std::size_t row, const std::string& prefix) {
  std::vector<double> values;
  for (std::size_t i = 0; Has(table, prefix + std::to_string(i)); ++i) {
    values.push_back(table.At(row, prefix + std::to_string(i)));
  }
  return values;
}

GoldenTrajectory::GoldenTrajectory(const std::string& stem)
    : table_(GoldenTable::Load(stem + ".csv")),
      observations_(GoldenTable::Load(stem + "_obs.csv")),
      velocities_(Has(table_, "qvel0") ? table_ : GoldenTable::Load(stem + "_qvel.csv")) {
  for (std::size_t row = 0; row < observations_.rows.size(); ++row) {
    observed_rows_[static_cast<std::int64_t>(observations_.At(row, "step"))] = row;
  }
}

std::vector<double> GoldenTrajectory::State(std::size_t row) const {
  std::vector<double> state = Numbered(table_, row, "qpos");
  const std::vector<double> velocity = Numbered(velocities_, row, "qvel");
  state.insert(state.end(), velocity.begin(), velocity.end());
  return state;
}

std::vector<double> GoldenTrajectory::Observed(std::size_t row, const std::string& prefix) const {
  const auto found = observed_rows_.find(static_cast<std::int64_t>(row));
  if (found == observed_rows_.end()) return {};
  return Numbered(observations_, found->second, prefix);
}

}  // namespace dyna::envs
