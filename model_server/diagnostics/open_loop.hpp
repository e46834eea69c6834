#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "common/core/matrix.hpp"
#include "common/core/state_dict.hpp"
#include "common/rules/rules.hpp"
#include "model_server/dynamics/model_options.hpp"

namespace dyna::dynamics {
class DynamicsModel;
}

namespace dyna::diagnostics {

/// An episode, or a piece of one, that the model has not seen.
struct Trajectory {
  RowMatrix obs = {};       ///< [T+1,O]
  RowMatrix action = {};    ///< [T,A] environment units, or [T,1] indices
  FloatVector reward = {};  ///< [T]
};

struct OpenLoopOptions {
  std::int64_t steps = 15;           ///< K
  std::int64_t windows_max = 500;    ///< starts, evenly over all that have K steps behind them
  std::int64_t particles_min = 100;  ///< samples per start; rounded up to as many of each elite
  std::uint64_t seed = 0;
  rules::Rules rules = {};  ///< for what the model does not learn
};

/// How wrong a model is k steps ahead, in one column.
struct ModelError {
  std::int64_t steps = 0;    ///< k
  std::string column = {};   ///< "obs0", ..., "reward", or "obs", all observations together
  double rmse = 0.0;         ///< of the mean over the elites, each rolled along its own means
  double rmse_member = 0.0;  ///< root mean square over the elites of their own
  double data_std = 0.0;     ///< of the column over all of the trajectories
  double nrmse = 0.0;        ///< rmse / data_std; 1 is no better than the mean of the data
  double coverage_50 = 0.0;  ///< share of the truth within the central 50 % of the particles
  double coverage_90 = 0.0;
  std::int64_t windows = 0;
};

/// Rolls every elite open loop from real states with the real actions, for 1 to K steps. "obs" has
/// the root mean square of nrmse and the mean of coverages over columns whose data_std is above 0,
/// and NaN for what has units.
///
/// Particles keep their member for all K steps and sample its noise in each (TS-infinity, Chua et
/// al. 2018). Intervals are between sample quantiles of type 6 (Hyndman and Fan 1996), which hold
/// the next exchangeable sample with exactly their nominal probability, however few there are.
///
/// OperatorError when no trajectory has K steps.
std::vector<ModelError> OpenLoopErrors(const dynamics::DynamicsModel& model,
                                       const dynamics::ModelShape& shape,
                                       const OpenLoopOptions& options,
                                       std::span<const Trajectory> trajectories);

/// The same for a model as a checkpoint has it (DynamicsModel::Save, to go on).
std::vector<ModelError> OpenLoopErrors(const dynamics::ModelOptions& model, const StateDict& saved,
                                       const OpenLoopOptions& options,
                                       std::span<const Trajectory> trajectories);

}  // namespace dyna::diagnostics
