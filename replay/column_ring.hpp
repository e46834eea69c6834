#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "common/core/state_dict.hpp"
#include "common/core/transition_batch.hpp"
#include "replay/column.hpp"
#include "replay/row_observer.hpp"

namespace dyna::replay {

/// Rows a table may be asked to keep.
inline constexpr std::int64_t kCapacityMax = 100'000'000;

/// A bounded ring of transitions in contiguous columns, oldest row first. Single-threaded;
/// knows nothing of samplers and limits.
///
/// Every appended row gets the next id, a 64-bit counter that is never reused. Live rows are in
/// ascending order of id; ids have gaps only where stale rows were dropped between fresh ones.
/// A row has a position (0 = oldest) and a slot (its physical place). Memory grows
/// geometrically up to `capacity` rows, so an empty large table costs nothing.
///
/// Staleness is exact whatever the order of arrival: after EvictStale(v) no row whose
/// model_version is below v is live, fresh rows among them stay, and a stale row that arrives
/// later takes an id, counts as evicted_stale and is never stored.
class ColumnRing {
 public:
  ColumnRing(TransitionShape shape, std::int64_t capacity);

  /// Appends all rows (shape must agree), dropping the oldest rows that no longer fit.
  void Append(const TransitionBatch& rows, RowObserver& observer);
  /// Keeps the newest `capacity` rows and gives unused memory back.
  void SetCapacity(std::int64_t capacity, RowObserver& observer);
  /// Drops rows made by a model older than `version_min`; never lowers the bound.
  /// O(dropped) if they are the oldest rows, O(size) otherwise. Gives memory back if few are left.
  void EvictStale(std::uint64_t version_min, RowObserver& observer);

  std::int64_t size() const noexcept { return size_; }
  std::int64_t capacity() const noexcept { return capacity_; }
  /// Places that memory is held for, size() <= slots() <= capacity(), and after EvictStale() and
  /// Load() at most SlotsMax(size()): neither an eviction nor a file leaves a table that is all
  /// empty places.
  std::int64_t slots() const noexcept { return slots_; }
  TransitionShape shape() const noexcept { return shape_; }
  /// Rows ever appended; also the id of the next row.
  std::uint64_t next_id() const noexcept { return next_id_; }
  std::uint64_t evicted_capacity() const noexcept { return evicted_capacity_; }
  std::uint64_t evicted_stale() const noexcept { return evicted_stale_; }

  std::int64_t SlotAt(std::int64_t position) const noexcept {
    const std::int64_t slot = head_ + position;
    return slot < slots_ ? slot : slot - slots_;
  }
  std::uint64_t IdAt(std::int64_t position) const noexcept { return *ids_.row(SlotAt(position)); }
  /// Position of the first row whose id is at least `id`; size() if there is none.
  std::int64_t LowerBound(std::uint64_t id) const noexcept;
  /// Slot of the row with this id, if it is still held.
  std::optional<std::int64_t> FindSlot(std::uint64_t id) const noexcept;

  /// Copies rows, in the order of `slots`; cost depends on slots.size() only.
  TransitionBatch Gather(std::span<const std::int64_t> slots) const;
  std::vector<std::uint64_t> GatherIds(std::span<const std::int64_t> slots) const;

  /// Live rows only, oldest first, and where they lie. Load throws CheckpointError.
  void Save(StateDict& state) const;
  void Load(const StateDict& state);
  /// next_id() of a saved ring.
  static std::uint64_t SavedNextId(const StateDict& state);

 private:
  bool Stale(const Provenance& provenance) const noexcept {
    return provenance.model_version < version_min_;
  }
  void EvictOldest(std::int64_t rows, RowObserver& observer);
  void ReserveSlots(std::int64_t rows, RowObserver& observer);
  static std::int64_t SlotsMax(std::int64_t rows) noexcept;
  void Relayout(std::int64_t slots, std::span<const std::int64_t> old_slots);
  void WriteRow(std::int64_t slot, const TransitionBatch& rows, std::int64_t row);
  std::vector<std::int64_t> LiveSlots() const;
  void LoadLayout(const StateDict& state);
  void LoadRows(const StateDict& state);

  TransitionShape shape_;
  std::int64_t capacity_;
  std::int64_t slots_ = 0;
  std::int64_t head_ = 0;  ///< slot of the oldest row
  std::int64_t size_ = 0;
  std::uint64_t next_id_ = 0;
  std::uint64_t version_min_ = 0;
  std::uint64_t evicted_capacity_ = 0;
  std::uint64_t evicted_stale_ = 0;

  Column<float> obs_;         ///< [slots, O]
  Column<float> action_;      ///< [slots, A]
  Column<float> reward_;      ///< [slots]
  Column<float> next_obs_;    ///< [slots, O]
  Column<float> terminated_;  ///< [slots]
  Column<float> truncated_;   ///< [slots]
  Column<Provenance> provenance_;
  Column<std::uint64_t> ids_;
};

}  // namespace dyna::replay
