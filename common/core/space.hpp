#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace dyna {

/// What an observation or action may be: a box of reals, or one of n indices.
/// A discrete value travels as one float column that holds the index.
struct Space {
  enum class Kind : std::uint8_t { kBox, kDiscrete };

  Kind kind = Kind::kBox;
  std::vector<double> low = {};   ///< [D], box only; may be -inf
  std::vector<double> high = {};  ///< [D], box only; may be +inf
  std::int64_t n = 0;             ///< discrete only: values 0 .. n-1

  static Space Box(std::vector<double> low, std::vector<double> high);
  static Space Discrete(std::int64_t n);

  bool discrete() const noexcept { return kind == Kind::kDiscrete; }
  /// Columns a value takes in a transition batch: D for a box, 1 for an index.
  std::int64_t columns() const noexcept;
  /// Inputs of a network that reads the value: D for a box, n (one-hot) for an index.
  std::int64_t features() const noexcept;
  /// True iff `value` has columns() finite entries inside the bounds (an integer index if
  /// discrete).
  bool Contains(std::span<const double> value) const noexcept;
  /// "Discrete(2)" or "Box([-2], [2])".
  std::string ToString() const;

  bool operator==(const Space&) const = default;
};

}  // namespace dyna
