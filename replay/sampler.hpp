#pragma once

#include <cstdint>
#include <span>

#include "common/core/error.hpp"
#include "common/core/rng.hpp"
#include "common/core/state_dict.hpp"
#include "common/ports/replay_port.hpp"
#include "replay/column_ring.hpp"
#include "replay/row_observer.hpp"

namespace dyna::replay {

/// Stands for the slot of a row that is no longer held.
inline constexpr std::int64_t kNoSlot = -1;

/// How rows of a ring are drawn. It hears of every row from the ring (RowObserver).
/// Single-threaded; the table that owns the ring serialises all calls.
class Sampler : public RowObserver {
 public:
  /// Fills `slots` [B] with live rows, drawn with replacement, and of `batch` the weights [B],
  /// largest 1, and the priorities. False, and nothing drawn, if no row can be drawn.
  virtual bool Draw(const ColumnRing& ring, double importance_beta, Rng& rng,
                    std::span<std::int64_t> slots, SampleBatch& batch) = 0;
  /// priorities [B] of the rows in `slots`, kNoSlot to ignore one; all or none. kInvalidArgument
  /// where a sampler has no priorities or one is NaN, negative or too large.
  virtual Status SetPriorities(std::span<const std::int64_t> slots,
                               std::span<const double> priorities) = 0;

  /// Sum of priority^alpha over live rows; 0 where a sampler has no priorities.
  virtual double priority_total() const noexcept = 0;

  virtual void Save(const ColumnRing& ring, StateDict& state) const = 0;
  /// After the ring was loaded.
  virtual void Load(const ColumnRing& ring, const StateDict& state) = 0;
};

}  // namespace dyna::replay
