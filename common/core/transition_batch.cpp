#include "common/core/transition_batch.hpp"

#include <algorithm>
#include <cmath>

#include "common/core/check.hpp"

namespace dyna {
namespace {

bool AllFlags(const FloatVector& flags) {
  return std::all_of(flags.begin(), flags.end(), [](float flag) { return flag == 0 || flag == 1; });
}

}  // namespace

TransitionBatch TransitionBatch::Uninitialised(std::int64_t rows, TransitionShape shape) {
  TransitionBatch batch;
  batch.obs.resize(rows, shape.obs_columns);
  batch.action.resize(rows, shape.action_columns);
  batch.reward.resize(rows);
  batch.next_obs.resize(rows, shape.obs_columns);
  batch.terminated.resize(rows);
  batch.truncated.resize(rows);
  batch.provenance.resize(static_cast<std::size_t>(rows));
  return batch;
}

TransitionBatch TransitionBatch::Zeros(std::int64_t rows, TransitionShape shape) {
  TransitionBatch batch = Uninitialised(rows, shape);
  batch.obs.setZero();
  batch.action.setZero();
  batch.reward.setZero();
  batch.next_obs.setZero();
  batch.terminated.setZero();
  batch.truncated.setZero();
  return batch;
}

TransitionBatch TransitionBatch::Concatenate(std::span<const TransitionBatch* const> parts) {
  DYNA_CHECK(!parts.empty());
  const TransitionShape shape = parts.front()->shape();
  std::int64_t size = 0;
  for (const TransitionBatch* part : parts) {
    DYNA_CHECK(part->shape() == shape);
    size += part->size();
  }
  TransitionBatch whole = Uninitialised(size, shape);
  std::int64_t at = 0;
  for (const TransitionBatch* part : parts) {
    const std::int64_t rows = part->size();
    const auto put = [at, rows](auto& column, const auto& values) {
      column.middleRows(at, rows) = values;
    };
    put(whole.obs, part->obs);
    put(whole.action, part->action);
    put(whole.reward, part->reward);
    put(whole.next_obs, part->next_obs);
    put(whole.terminated, part->terminated);
    put(whole.truncated, part->truncated);
    std::copy(part->provenance.begin(), part->provenance.end(), whole.provenance.begin() + at);
    at += rows;
  }
  return whole;
}

TransitionBatch TransitionBatch::Select(std::span<const std::int64_t> rows) const {
  TransitionBatch chosen = Uninitialised(static_cast<std::int64_t>(rows.size()), shape());
  for (std::size_t k = 0; k < rows.size(); ++k) {
    chosen.SetRow(static_cast<std::int64_t>(k), *this, rows[k]);
  }
  return chosen;
}

std::optional<std::string> TransitionBatch::Fault() const {
  const std::int64_t rows = size();
  const bool same_rows = obs.rows() == rows && action.rows() == rows && next_obs.rows() == rows &&
                         terminated.size() == rows && truncated.size() == rows &&
                         provenance.size() == static_cast<std::size_t>(rows);
  if (!same_rows) return "a batch whose columns differ in length";
  if (next_obs.cols() != obs.cols()) return "a batch whose obs and next_obs differ in width";
  if (!AllFlags(terminated) || !AllFlags(truncated)) {
    return "a terminated or truncated flag that is neither 0 nor 1";
  }
  for (std::int64_t row = 0; row < rows; ++row) {
    if (!RowFinite(row)) return "row " + std::to_string(row) + " is not finite";
  }
  return std::nullopt;
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
