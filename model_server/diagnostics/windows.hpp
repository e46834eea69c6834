#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model_server/diagnostics/open_loop.hpp"

namespace dyna::diagnostics {

/// Where an open-loop prediction starts.
struct Window {
  const Trajectory* trajectory = nullptr;
  Eigen::Index begin = 0;
};

/// At most `windows_max` starts with `steps` steps behind them, evenly over all there are.
/// OperatorError when there is none.
std::vector<Window> ChooseWindows(std::span<const Trajectory> trajectories, std::int64_t steps,
                                  std::int64_t windows_max);

/// Standard deviation of each observation column and, last, of the reward, [O+1].
std::vector<double> DataStd(std::span<const Trajectory> trajectories);

/// Sums over windows, from which the errors of one horizon and column follow.
struct ErrorSums {
  double squared = 0.0;         ///< of the mean forecast
  double squared_member = 0.0;  ///< mean over members
  std::int64_t within_50 = 0;
  std::int64_t within_90 = 0;
  std::int64_t windows = 0;
};

/// `sums` [K][O+1]; what OpenLoopErrors returns.
std::vector<ModelError> Summarise(const std::vector<std::vector<ErrorSums>>& sums,
                                  const std::vector<double>& data_std);

}  // namespace dyna::diagnostics
