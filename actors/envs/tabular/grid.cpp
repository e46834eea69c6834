#include "actors/envs/tabular/grid.hpp"

#include <algorithm>
#include <utility>

#include "common/core/check.hpp"

namespace dyna::envs {

Grid::Grid(std::vector<std::string_view> picture)
    : picture_(std::move(picture)),
      rows_(static_cast<std::int64_t>(picture_.size())),
      columns_(rows_ == 0 ? 0 : static_cast<std::int64_t>(picture_.front().size())) {
  DYNA_CHECK(cells() > 0);
  for (const auto row : picture_) DYNA_CHECK(static_cast<std::int64_t>(row.size()) == columns_);
}

char Grid::At(std::int64_t cell) const {
  DYNA_CHECK(cell >= 0 && cell < cells());
  const auto row = static_cast<std::size_t>(cell / columns_);
  return picture_[row][static_cast<std::size_t>(cell % columns_)];
}

std::int64_t Grid::Neighbour(std::int64_t cell, Direction direction) const {
  DYNA_CHECK(cell >= 0 && cell < cells());
  std::int64_t row = cell / columns_;
  std::int64_t column = cell % columns_;
  switch (direction) {
    case Direction::kUp:
      row = std::max<std::int64_t>(row - 1, 0);
      break;
    case Direction::kDown:
      row = std::min(row + 1, rows_ - 1);
      break;
    case Direction::kLeft:
      column = std::max<std::int64_t>(column - 1, 0);
      break;
    case Direction::kRight:
      column = std::min(column + 1, columns_ - 1);
      break;
  }
  return row * columns_ + column;
}

std::int64_t Grid::Find(char mark) const {
  std::int64_t found = -1;
  for (std::int64_t cell = 0; cell < cells(); ++cell) {
    if (At(cell) != mark) continue;
    DYNA_CHECK_MSG(found < 0, "two cells are marked " << mark);
    found = cell;
  }
  DYNA_CHECK_MSG(found >= 0, "no cell is marked " << mark);
  return found;
}

}  // namespace dyna::envs
