#include "common/ports/remote/sample_stock.hpp"

#include <algorithm>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace dyna {
namespace {

constexpr std::int64_t kLotRowsMin = 256;
constexpr std::int64_t kLotRowsMax = 16'384;
constexpr std::int64_t kBatchesPerRequest = 8;

SampleBatch Select(const SampleBatch& batch, std::span<const std::int64_t> rows) {
  SampleBatch selected;
  selected.rows = batch.rows.Select(rows);
  selected.weights.resize(static_cast<Eigen::Index>(rows.size()));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    selected.ids.push_back(batch.ids[static_cast<std::size_t>(rows[i])]);
    selected.weights[static_cast<Eigen::Index>(i)] = batch.weights[rows[i]];
  }
  return selected;
}

/// Rows `begin` .. `begin + count` of a batch.
SampleBatch Slice(const SampleBatch& batch, std::int64_t begin, std::int64_t count) {
  std::vector<std::int64_t> rows(static_cast<std::size_t>(count));
  std::iota(rows.begin(), rows.end(), begin);
  return Select(batch, rows);
}

/// Those of models from `version_min` on.
std::vector<std::int64_t> FreshRows(const SampleBatch& batch, std::uint64_t version_min) {
  std::vector<std::int64_t> fresh;
  for (std::int64_t row = 0; row < batch.rows.size(); ++row) {
    const auto& from = batch.rows.provenance[static_cast<std::size_t>(row)];
    if (from.model_version >= version_min) fresh.push_back(row);
  }
  return fresh;
}

/// The parts one after another.
SampleBatch Join(std::vector<SampleBatch> parts) {
  if (parts.size() == 1) return std::move(parts.front());
  std::vector<const TransitionBatch*> rows;
  std::int64_t count = 0;
  for (const SampleBatch& part : parts) {
    rows.push_back(&part.rows);
    count += part.rows.size();
  }
  SampleBatch joined;
  joined.rows = TransitionBatch::Concatenate(rows);
  joined.weights.resize(count);
  std::int64_t at = 0;
  for (const SampleBatch& part : parts) {
    joined.ids.insert(joined.ids.end(), part.ids.begin(), part.ids.end());
    joined.weights.segment(at, part.weights.size()) = part.weights;
    at += part.weights.size();
  }
  return joined;
}

}  // namespace

std::int64_t SampleStock::request_rows() const noexcept {
  return std::clamp(kBatchesPerRequest * largest_, kLotRowsMin, kLotRowsMax);
}

void SampleStock::Add(SampleBatch batch) {
  if (version_min_ > 0) batch = Select(batch, FreshRows(batch, version_min_));
  if (batch.rows.size() == 0) return;
  rows_ += batch.rows.size();
  lots_.push_back({.batch = std::move(batch), .used = 0});
}

Result<SampleBatch> SampleStock::Take(std::int64_t rows) {
  largest_ = std::max(largest_, rows);
  if (rows_ < rows) {
    return Error{ErrorCode::kTimeout, "a sample of " + std::to_string(rows) + " rows: " +
                                          std::to_string(rows_) + " have arrived so far"};
  }
  std::vector<SampleBatch> parts;
  std::int64_t missing = rows;
  while (missing > 0) {
    Lot& lot = lots_.front();
    const std::int64_t count = std::min(missing, lot.batch.rows.size() - lot.used);
    parts.push_back(Slice(lot.batch, lot.used, count));
    lot.used += count;
    missing -= count;
    if (lot.used == lot.batch.rows.size()) lots_.pop_front();
  }
  rows_ -= rows;
  return Join(std::move(parts));
}

void SampleStock::DropOlderThan(std::uint64_t version_min) {
  if (version_min <= version_min_) return;
  version_min_ = version_min;
  std::deque<Lot> lots = std::exchange(lots_, {});
  rows_ = 0;
  for (const Lot& lot : lots) Add(Slice(lot.batch, lot.used, lot.batch.rows.size() - lot.used));
}

void SampleStock::Clear() {
  lots_.clear();
  rows_ = 0;
}

}  // namespace dyna
