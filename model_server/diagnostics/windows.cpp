#include "model_server/diagnostics/windows.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "common/core/error.hpp"

namespace dyna::diagnostics {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Mean and mean of squares around it, in one pass (Welford 1962).
class Spread {
 public:
  void Add(double value) {
    ++count_;
    const double before = value - mean_;
    mean_ += before / static_cast<double>(count_);
    squares_ += before * (value - mean_);
  }
  double std() const {
    return count_ > 0 ? std::sqrt(squares_ / static_cast<double>(count_)) : 0.0;
  }

 private:
  std::int64_t count_ = 0;
  double mean_ = 0.0;
  double squares_ = 0.0;
};

ModelError ErrorOf(const ErrorSums& sums, double data_std) {
  const auto windows = static_cast<double>(sums.windows);
  ModelError error{.rmse = std::sqrt(sums.squared / windows),
                   .rmse_member = std::sqrt(sums.squared_member / windows),
                   .data_std = data_std,
                   .coverage_50 = static_cast<double>(sums.within_50) / windows,
                   .coverage_90 = static_cast<double>(sums.within_90) / windows,
                   .windows = sums.windows};
  error.nrmse = data_std > 0.0 ? error.rmse / data_std : kNaN;
  return error;
}

ModelError Together(std::span<const ModelError> observations) {
  ModelError all{.column = "obs", .rmse = kNaN, .rmse_member = kNaN, .data_std = kNaN};
  double columns = 0.0;
  double squared = 0.0;
  for (const ModelError& error : observations) {
    all.steps = error.steps;
    all.windows = error.windows;
    if (!(error.data_std > 0.0)) continue;
    ++columns;
    squared += error.nrmse * error.nrmse;
    all.coverage_50 += error.coverage_50;
    all.coverage_90 += error.coverage_90;
  }
  all.nrmse = std::sqrt(squared / columns);
  all.coverage_50 /= columns;
  all.coverage_90 /= columns;
  return all;
}

}  // namespace

std::vector<Window> ChooseWindows(std::span<const Trajectory> trajectories, std::int64_t steps,
                                  std::int64_t windows_max) {
  std::vector<Window> all;
  std::int64_t longest = 0;
  for (const Trajectory& trajectory : trajectories) {
    const auto length = static_cast<std::int64_t>(trajectory.reward.size());
    longest = std::max(longest, length);
    for (std::int64_t t = 0; t + steps <= length; ++t) all.push_back({&trajectory, t});
  }
  if (all.empty()) {
    throw OperatorError("--steps " + std::to_string(steps) + " is beyond every episode: at most " +
                        std::to_string(longest) + ", the steps of the longest");
  }
  const auto total = static_cast<std::int64_t>(all.size());
  const std::int64_t count = std::min(total, windows_max);
  std::vector<Window> chosen;
  for (std::int64_t i = 0; i < count; ++i) {
    chosen.push_back(all[static_cast<std::size_t>(i * total / count)]);
  }
  return chosen;
}

std::vector<double> DataStd(std::span<const Trajectory> trajectories) {
  const Eigen::Index columns = trajectories[0].obs.cols();
  std::vector<Spread> spreads(static_cast<std::size_t>(columns) + 1);
  for (const Trajectory& trajectory : trajectories) {
    for (Eigen::Index t = 0; t < trajectory.obs.rows(); ++t) {
      for (Eigen::Index j = 0; j < columns; ++j) {
        spreads[static_cast<std::size_t>(j)].Add(static_cast<double>(trajectory.obs(t, j)));
      }
    }
    for (const float reward : trajectory.reward) spreads.back().Add(static_cast<double>(reward));
  }
  std::vector<double> result;
  for (const Spread& spread : spreads) result.push_back(spread.std());
  return result;
}

std::vector<ModelError> Summarise(const std::vector<std::vector<ErrorSums>>& sums,
                                  const std::vector<double>& data_std) {
  std::vector<ModelError> errors;
  for (std::size_t k = 0; k < sums.size(); ++k) {
    std::vector<ModelError> step;
    for (std::size_t j = 0; j < sums[k].size(); ++j) {
      const bool reward = j + 1 == sums[k].size();
      ModelError error = ErrorOf(sums[k][j], data_std[j]);
      error.steps = static_cast<std::int64_t>(k) + 1;
      error.column = reward ? "reward" : "obs" + std::to_string(j);
      step.push_back(error);
    }
    errors.push_back(Together(std::span(step).first(step.size() - 1)));
    errors.insert(errors.end(), step.begin(), step.end());
  }
  return errors;
}

}  // namespace dyna::diagnostics
