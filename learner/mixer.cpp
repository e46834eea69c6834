#include "learner/mixer.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "common/core/check.hpp"

namespace dyna::learner {

Mixer::Mixer(const Options& options, ReplayPort& replay)
    : options_(options), replay_(replay), real_rows_(options.real_rows()) {
  DYNA_CHECK(options.batch_size > 0 && real_rows_ >= 0 && real_rows_ <= options.batch_size);
}

Result<SampleBatch> Mixer::Sample() {
  SampleBatch batch;
  const std::int64_t synthetic_rows = options_.batch_size - real_rows_;
  // The synthetic table first: when it says wait, the real table has not counted a sample.
  if (synthetic_rows > 0) {
    auto synthetic = replay_.Sample({.table = kSyntheticTable, .rows = synthetic_rows});
    if (!synthetic.ok()) return synthetic.error();
    batch = std::move(synthetic).value();
  }
  last_ids_.clear();
  if (real_rows_ > 0) {
    auto real = replay_.Sample({.table = kRealTable,
                                .rows = real_rows_,
                                .prioritized = options_.prioritized,
                                .importance_beta = Beta()});
    if (!real.ok()) return real.error();
    SampleBatch& front = real.value();
    last_ids_ = front.ids;
    if (synthetic_rows > 0) {
      const std::array<const TransitionBatch*, 2> parts = {&front.rows, &batch.rows};
      front.rows = TransitionBatch::Concatenate(parts);
      front.ids.insert(front.ids.end(), batch.ids.begin(), batch.ids.end());
      front.weights.conservativeResize(options_.batch_size);
      front.weights.tail(synthetic_rows) = batch.weights;
    }
    batch = std::move(front);
  }
  ++samples_;
  return batch;
}

Result<TransitionBatch> Mixer::ReadNew(std::int64_t rows_max) {
  auto read = replay_.ReadSince(kRealTable, cursor_, rows_max);
  if (!read.ok()) return read.error();
  cursor_ = read.value().next_cursor;
  return std::move(read.value().rows);
}

Status Mixer::UpdatePriorities(const std::vector<double>& priorities) {
  if (!options_.prioritized || last_ids_.empty()) return Done{};
  DYNA_CHECK(priorities.size() == last_ids_.size());
  return replay_.UpdatePriorities(kRealTable, last_ids_, priorities);
}

double Mixer::Beta() const noexcept {
  const double progress =
      std::min(1.0, static_cast<double>(samples_) / static_cast<double>(options_.beta_updates));
  return options_.beta_start + progress * (1.0 - options_.beta_start);
}

void Mixer::Save(StateDict& state) const {
  state.PutScalar<std::int64_t>("samples", samples_);
  state.PutScalar<std::uint64_t>("cursor", cursor_);
}

void Mixer::Load(const StateDict& state) {
  samples_ = state.GetScalar<std::int64_t>("samples");
  cursor_ = state.GetScalar<std::uint64_t>("cursor");
  last_ids_.clear();
}

}  // namespace dyna::learner
