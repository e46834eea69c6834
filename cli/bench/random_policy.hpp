#pragma once

#include <vector>

#include "cli/bench/bench_shapes.hpp"
#include "common/nn/policy_weights.hpp"

namespace dyna::cli {

/// The policy that MBPO acts with, random weights.
inline nn::PolicyWeights RandomPolicy() {
  nn::PolicyWeights weights;
  const std::vector<std::int64_t> widths = {kObs, kHidden, kHidden, 2 * kActions};
  for (std::size_t l = 0; l + 1 < widths.size(); ++l) {
    weights.layers.push_back(
        {RowMatrix::Random(widths[l + 1], widths[l]) * 0.1F, FloatVector::Zero(widths[l + 1])});
  }
  weights.action_center = FloatVector::Zero(kActions);
  weights.action_scale = FloatVector::Ones(kActions);
  return weights;
}

/// Multiply-adds of one row through it.
inline double PolicyMacs() {
  return static_cast<double>(kObs * kHidden + kHidden * kHidden + kHidden * 2 * kActions);
}

}  // namespace dyna::cli
