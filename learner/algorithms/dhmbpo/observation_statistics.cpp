#include "learner/algorithms/dhmbpo/observation_statistics.hpp"

#include <span>
#include <vector>

#include "common/core/check.hpp"

namespace dyna::learner::dhmbpo {
namespace {

template <class Vector>
auto SpanOf(Vector& vector) {
  return std::span(vector.data(), static_cast<std::size_t>(vector.size()));
}

}  // namespace

ObservationStatistics::ObservationStatistics(std::int64_t columns)
    : running_mean_(Eigen::VectorXd::Zero(columns)),
      squares_(Eigen::VectorXd::Zero(columns)),
      mean_(FloatVector::Zero(columns)),
      std_(FloatVector::Ones(columns)) {}

void ObservationStatistics::Add(const RowMatrix& obs) {
  DYNA_CHECK(obs.cols() == running_mean_.size());
  if (obs.rows() == 0) return;
  const Eigen::MatrixXd rows = obs.cast<double>();
  const Eigen::VectorXd mean = rows.colwise().mean().transpose();
  const Eigen::VectorXd squares =
      (rows.rowwise() - mean.transpose()).colwise().squaredNorm().transpose();
  const auto have = static_cast<double>(count_);
  const auto more = static_cast<double>(obs.rows());
  const Eigen::VectorXd gap = mean - running_mean_;
  running_mean_ += gap * (more / (have + more));
  squares_ += squares + gap.cwiseProduct(gap) * (have * more / (have + more));
  count_ += obs.rows();
}

void ObservationStatistics::Freeze() {
  if (count_ == 0) return;
  mean_ = running_mean_.cast<float>();
  std_ = (squares_ / static_cast<double>(count_)).cwiseSqrt().cwiseMax(kStdMin).cast<float>();
}

void ObservationStatistics::Save(StateDict& state) const {
  state.PutScalar<std::int64_t>("count", count_);
  state.Put("running_mean", std::span<const double>(SpanOf(running_mean_)));
  state.Put("squares", std::span<const double>(SpanOf(squares_)));
  state.Put("mean", std::span<const float>(SpanOf(mean_)));
  state.Put("std", std::span<const float>(SpanOf(std_)));
}

void ObservationStatistics::Load(const StateDict& state) {
  count_ = state.GetScalar<std::int64_t>("count");
  state.GetInto("running_mean", SpanOf(running_mean_));
  state.GetInto("squares", SpanOf(squares_));
  state.GetInto("mean", SpanOf(mean_));
  state.GetInto("std", SpanOf(std_));
}

}  // namespace dyna::learner::dhmbpo
