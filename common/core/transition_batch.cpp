#include "common/core/transition_batch.hpp"

#include <cmath>

#include "common/core/check.hpp"

namespace dyna {

TransitionBatch TransitionBatch::Zeros(std::int64_t rows, TransitionShape shape) {
  TransitionBatch batch;
  batch.obs = RowMatrix::Zero(rows, shape.obs_columns);
  batch.action = RowMatrix::Zero(rows, shape.action_columns);
  batch.reward = FloatVector::Zero(rows);
  batch.next_obs = RowMatrix::Zero(rows, shape.obs_columns);
  batch.terminated = FloatVector::Zero(rows);
  batch.truncated = FloatVector::Zero(rows);
  batch.provenance.resize(static_cast<std::size_t>(rows));
  return batch;
}

void TransitionBatch::CheckConsistent() const {
  const std::int64_t rows = size();
  DYNA_CHECK(obs.rows() == rows && action.rows() == rows && next_obs.rows() == rows);
  DYNA_CHECK(terminated.size() == rows && truncated.size() == rows);
  DYNA_CHECK(provenance.size() == static_cast<std::size_t>(rows));
  DYNA_CHECK(obs.cols() == next_obs.cols());
}

bool TransitionBatch::RowFinite(std::int64_t row) const noexcept {
  return std::isfinite(reward[row]) && obs.row(row).allFinite() && action.row(row).allFinite() &&
         next_obs.row(row).allFinite();
}

void TransitionBatch::SetRow(std::int64_t to, const TransitionBatch& source, std::int64_t from) {
  obs.row(to) = source.obs.row(from);
  action.row(to) = source.action.row(from);
  reward[to] = source.reward[from];
  next_obs.row(to) = source.next_obs.row(from);
  terminated[to] = source.terminated[from];
  truncated[to] = source.truncated[from];
  provenance[static_cast<std::size_t>(to)] = source.provenance[static_cast<std::size_t>(from)];
}

}  // namespace dyna
