#pragma once

#include <Eigen/Core>
#include <cstdint>

#include "common/core/matrix.hpp"
#include "common/core/state_dict.hpp"

namespace dyna::learner::dhmbpo {

/// Smallest standard deviation that an observation is divided by.
inline constexpr double kStdMin = 1e-4;

/// Running mean and population variance of all real observations, in double precision. What is
/// normalised uses the values of the last Freeze(), so that nets see one scale for a whole block.
class ObservationStatistics {
 public:
  /// Mean 0, std 1 until the first Freeze().
  explicit ObservationStatistics(std::int64_t columns);

  /// Adds rows [N,O] (Chan, Golub, LeVeque 1979: merging of two parts).
  void Add(const RowMatrix& obs);
  /// Takes over what has been added so far.
  void Freeze();

  std::int64_t count() const noexcept { return count_; }
  /// [O] frozen; std is at least kStdMin.
  const FloatVector& mean() const noexcept { return mean_; }
  const FloatVector& std() const noexcept { return std_; }

  void Save(StateDict& state) const;
  void Load(const StateDict& state);

 private:
  std::int64_t count_ = 0;
  Eigen::VectorXd running_mean_;
  Eigen::VectorXd squares_;  ///< sum of squared deviations from running_mean_
  FloatVector mean_;
  FloatVector std_;
};

}  // namespace dyna::learner::dhmbpo
