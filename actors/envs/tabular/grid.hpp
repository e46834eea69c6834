#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace dyna::envs {

enum class Direction : std::uint8_t { kUp, kDown, kLeft, kRight };

/// A rectangle of cells drawn as text, one character a cell, row 0 on top.
/// Cells are numbered row * columns + column.
class Grid {
 public:
  explicit Grid(std::vector<std::string_view> picture);

  std::int64_t cells() const noexcept { return rows_ * columns_; }
  char At(std::int64_t cell) const;
  /// The cell next to it, or the cell itself at the border.
  std::int64_t Neighbour(std::int64_t cell, Direction direction) const;
  /// The only cell drawn as `mark`.
  std::int64_t Find(char mark) const;

 private:
  std::vector<std::string_view> picture_;
  std::int64_t rows_;
  std::int64_t columns_;
};

}  // namespace dyna::envs
