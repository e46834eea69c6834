#pragma once

#include <cstdint>
#include <span>

namespace dyna::replay {

/// Told where rows live, by the ring that moves them. A slot is a physical place of the ring.
class RowObserver {
 public:
  virtual ~RowObserver() = default;
  /// A new row lives in `slot`, which held nothing.
  virtual void OnAppend(std::int64_t slot) = 0;
  /// The row of `slot` is gone.
  virtual void OnEvict(std::int64_t slot) = 0;
  /// The ring now has `slots` places; the row that lived in old_slots[k] lives in slot k, and
  /// rows that are not named are gone.
  virtual void OnRelayout(std::int64_t slots, std::span<const std::int64_t> old_slots) = 0;
};

}  // namespace dyna::replay
