#pragma once

#include <cstdint>
#include <vector>

namespace dyna::replay {

/// Non-negative weights with their sum, and a search by cumulative weight, in O(log slots)
/// (Schaul et al. 2016, appendix B.2.1).
///
/// A parent is always recomputed from its two children, never corrected by a difference, so the
/// rounding error of a sum does not grow with the number of updates. Plain data structure:
/// knows no rows and no randomness.
class SumTree {
 public:
  explicit SumTree(std::int64_t slots = 0) { Assign(std::vector<double>(Index(slots))); }

  /// Replaces everything; weights finite and >= 0. O(slots).
  void Assign(const std::vector<double>& weights);
  /// weight finite and >= 0.
  void Set(std::int64_t slot, double weight);

  double Get(std::int64_t slot) const noexcept { return nodes_[leaves_ + Index(slot)]; }
  double total() const noexcept { return nodes_[1]; }
  std::int64_t slots() const noexcept { return slots_; }

  /// The slot whose interval of the cumulative weights holds `mass`, in [0, total()).
  /// Never a slot of weight 0, even where rounding puts `mass` on or past an edge.
  /// total() must be above 0.
  std::int64_t Find(double mass) const;

 private:
  static std::size_t Index(std::int64_t slot) noexcept { return static_cast<std::size_t>(slot); }

  std::int64_t slots_ = 0;
  std::size_t leaves_ = 1;          ///< a power of two >= slots_
  std::vector<double> nodes_ = {};  ///< [2 * leaves_]; node 1 is the root, 2n and 2n+1 its children
};

}  // namespace dyna::replay
