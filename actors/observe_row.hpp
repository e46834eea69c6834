#pragma once

#include "actors/envs/environment.hpp"
#include "common/core/matrix.hpp"

namespace dyna::actors {

/// Writes the environment's observation into `row` of obs [N,O], rounded to float32 as policies
/// and replay see it. `scratch` [O] saves an allocation per call.
inline void ObserveRow(const envs::Environment& environment, std::vector<double>& scratch,
                       Eigen::Index row, RowMatrix& obs) {
  environment.Observe(scratch);
  for (std::size_t j = 0; j < scratch.size(); ++j) {
    obs(row, static_cast<Eigen::Index>(j)) = static_cast<float>(scratch[j]);
  }
}

}  // namespace dyna::actors
