#include "replay/column_ring.hpp"

#include <algorithm>

#include "common/core/check.hpp"

namespace dyna::replay {
namespace {

constexpr std::int64_t kSlotsFirst = 1024;   ///< first allocation: small, yet no growth by ones
constexpr std::int64_t kSlotsPerRowMax = 4;  ///< more than doubling leaves: no to and fro

}  // namespace

ColumnRing::ColumnRing(TransitionShape shape, std::int64_t capacity)
    : shape_(shape),
      capacity_(capacity),
      obs_(shape.obs_columns),
      action_(shape.action_columns),
      reward_(1),
      next_obs_(shape.obs_columns),
      terminated_(1),
      truncated_(1),
      provenance_(1),
      ids_(1) {
  DYNA_CHECK_MSG(capacity > 0 && capacity <= kCapacityMax, "capacity " << capacity);
}

void ColumnRing::Append(const TransitionBatch& rows, RowObserver& observer) {
  DYNA_CHECK(rows.shape() == shape_);
  const auto stale =
      std::count_if(rows.provenance.begin(), rows.provenance.end(),
                    [this](const Provenance& provenance) { return Stale(provenance); });
  const std::int64_t fresh = rows.size() - stale;
  // A batch larger than the ring leaves only its newest rows.
  std::int64_t skipped = std::max<std::int64_t>(0, fresh - capacity_);
  const std::int64_t stored = fresh - skipped;
  evicted_stale_ += static_cast<std::uint64_t>(stale);
  evicted_capacity_ += static_cast<std::uint64_t>(skipped);

  const std::int64_t overflow = std::max<std::int64_t>(0, size_ + stored - capacity_);
  EvictOldest(overflow, observer);
  evicted_capacity_ += static_cast<std::uint64_t>(overflow);
  ReserveSlots(size_ + stored, observer);
  for (std::int64_t row = 0; row < rows.size(); ++row) {
    const std::uint64_t id = next_id_++;
    if (Stale(rows.provenance[static_cast<std::size_t>(row)])) continue;
    if (skipped > 0) {
      --skipped;
      continue;
    }
    const std::int64_t slot = SlotAt(size_++);
    WriteRow(slot, rows, row);
    ids_.Write(slot, &id);
    observer.OnAppend(slot);
  }
}

void ColumnRing::SetCapacity(std::int64_t capacity, RowObserver& observer) {
  DYNA_CHECK_MSG(capacity > 0 && capacity <= kCapacityMax, "capacity " << capacity);
  const std::int64_t overflow = std::max<std::int64_t>(0, size_ - capacity);
  EvictOldest(overflow, observer);
  evicted_capacity_ += static_cast<std::uint64_t>(overflow);
  capacity_ = capacity;
  if (slots_ <= capacity) return;
  const std::vector<std::int64_t> live = LiveSlots();
  Relayout(capacity, live);
  observer.OnRelayout(slots_, live);
}

void ColumnRing::EvictStale(std::uint64_t version_min, RowObserver& observer) {
  if (version_min <= version_min_) return;  // nothing below the old bound is live
  version_min_ = version_min;
  const std::int64_t size_before = size_;
  while (size_ > 0 && Stale(*provenance_.row(head_))) EvictOldest(1, observer);

  std::vector<std::int64_t> live = LiveSlots();
  const auto gone = std::remove_if(live.begin(), live.end(), [this](std::int64_t slot) {
    return Stale(*provenance_.row(slot));
  });
  const bool gaps = gone != live.end();  // workers interleaved: close them
  live.erase(gone, live.end());
  const std::int64_t slots_max = SlotsMax(static_cast<std::int64_t>(live.size()));
  if (gaps || slots_ > slots_max) {
    Relayout(std::min(slots_, slots_max), live);
    observer.OnRelayout(slots_, live);
  }
  evicted_stale_ += static_cast<std::uint64_t>(size_before - size_);
}

std::int64_t ColumnRing::SlotsMax(std::int64_t rows) noexcept {
  return std::max(kSlotsFirst, kSlotsPerRowMax * rows);
}

std::int64_t ColumnRing::LowerBound(std::uint64_t id) const noexcept {
  if (size_ == 0 || id <= IdAt(0)) return 0;
  if (id >= next_id_) return size_;
  // Without gaps the answer is the distance to the oldest id; gaps only move it closer.
  const std::uint64_t distance = id - IdAt(0);
  std::int64_t high =
      distance < static_cast<std::uint64_t>(size_) ? static_cast<std::int64_t>(distance) : size_;
  if (high < size_ && IdAt(high) == id) return high;
  std::int64_t low = 0;
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    if (IdAt(middle) < id) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

std::optional<std::int64_t> ColumnRing::FindSlot(std::uint64_t id) const noexcept {
  const std::int64_t position = LowerBound(id);
  if (position == size_ || IdAt(position) != id) return std::nullopt;
  return SlotAt(position);
}

TransitionBatch ColumnRing::Gather(std::span<const std::int64_t> slots) const {
  TransitionBatch batch =
      TransitionBatch::Uninitialised(static_cast<std::int64_t>(slots.size()), shape_);
  obs_.Gather(slots, batch.obs.data());
  action_.Gather(slots, batch.action.data());
  reward_.Gather(slots, batch.reward.data());
  next_obs_.Gather(slots, batch.next_obs.data());
  terminated_.Gather(slots, batch.terminated.data());
  truncated_.Gather(slots, batch.truncated.data());
  provenance_.Gather(slots, batch.provenance.data());
  return batch;
}

std::vector<std::uint64_t> ColumnRing::GatherIds(std::span<const std::int64_t> slots) const {
  std::vector<std::uint64_t> ids(slots.size());
  ids_.Gather(slots, ids.data());
  return ids;
}

void ColumnRing::EvictOldest(std::int64_t rows, RowObserver& observer) {
  for (std::int64_t row = 0; row < rows; ++row) {
    observer.OnEvict(head_);
    head_ = SlotAt(1);
    --size_;
  }
}

void ColumnRing::ReserveSlots(std::int64_t rows, RowObserver& observer) {
  if (rows <= slots_) return;
  const std::int64_t slots = std::min(capacity_, std::max({rows, 2 * slots_, kSlotsFirst}));
  const std::vector<std::int64_t> live = LiveSlots();
  Relayout(slots, live);
  observer.OnRelayout(slots_, live);
}

void ColumnRing::Relayout(std::int64_t slots, std::span<const std::int64_t> old_slots) {
  obs_.Relayout(slots, old_slots);
  action_.Relayout(slots, old_slots);
  reward_.Relayout(slots, old_slots);
  next_obs_.Relayout(slots, old_slots);
  terminated_.Relayout(slots, old_slots);
  truncated_.Relayout(slots, old_slots);
  provenance_.Relayout(slots, old_slots);
  ids_.Relayout(slots, old_slots);
  slots_ = slots;
  head_ = 0;
  size_ = static_cast<std::int64_t>(old_slots.size());
}

void ColumnRing::WriteRow(std::int64_t slot, const TransitionBatch& rows, std::int64_t row) {
  obs_.Write(slot, rows.obs.data() + row * shape_.obs_columns);
  action_.Write(slot, rows.action.data() + row * shape_.action_columns);
  reward_.Write(slot, rows.reward.data() + row);
  next_obs_.Write(slot, rows.next_obs.data() + row * shape_.obs_columns);
  terminated_.Write(slot, rows.terminated.data() + row);
  truncated_.Write(slot, rows.truncated.data() + row);
  provenance_.Write(slot, rows.provenance.data() + row);
}

std::vector<std::int64_t> ColumnRing::LiveSlots() const {
  std::vector<std::int64_t> live(static_cast<std::size_t>(size_));
  for (std::int64_t position = 0; position < size_; ++position) {
    live[static_cast<std::size_t>(position)] = SlotAt(position);
  }
  return live;
}

}  // namespace dyna::replay
