#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <vector>

namespace dyna::replay {

/// One column of a ring: `width` values of T per slot, contiguous.
template <class T>
class Column {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  explicit Column(std::int64_t width) : width_(static_cast<std::size_t>(width)) {}

  T* row(std::int64_t slot) noexcept { return data_.data() + Offset(slot); }
  const T* row(std::int64_t slot) const noexcept { return data_.data() + Offset(slot); }

  /// Copies the row from / to `values`, which has `width` entries.
  void Write(std::int64_t slot, const T* values) noexcept {
    if (width_ > 0) std::memcpy(row(slot), values, width_ * sizeof(T));
  }

  /// Row k of `out` becomes the row of slots[k].
  void Gather(std::span<const std::int64_t> slots, T* out) const noexcept {
    // A large table does not fit any cache: ask for a row a few copies before it is needed.
    constexpr std::size_t kAhead = 12;
    const std::size_t bytes = width_ * sizeof(T);
    if (bytes == 0) return;
    for (std::size_t k = 0; k < slots.size(); ++k) {
      if (k + kAhead < slots.size()) {
        const T* ahead = row(slots[k + kAhead]);
        __builtin_prefetch(ahead);
        __builtin_prefetch(ahead + (width_ - 1));
      }
      std::memcpy(out + k * width_, row(slots[k]), bytes);
    }
  }

  /// Gives the column `slots` places; the row of old_slots[k] moves to slot k.
  void Relayout(std::int64_t slots, std::span<const std::int64_t> old_slots) {
    std::vector<T> moved(static_cast<std::size_t>(slots) * width_);
    Gather(old_slots, moved.data());
    data_.swap(moved);
  }

 private:
  std::size_t Offset(std::int64_t slot) const noexcept {
    return static_cast<std::size_t>(slot) * width_;
  }

  std::size_t width_;
  std::vector<T> data_ = {};
};

}  // namespace dyna::replay
