#include "actors/envs/tabular/maze.hpp"

#include <array>

#include "actors/envs/tabular/grid.hpp"
#include "common/core/check.hpp"

namespace dyna::envs {
namespace {

constexpr std::array kActions = {Direction::kUp, Direction::kDown, Direction::kLeft,
                                 Direction::kRight};

TabularWorld WorldOf(const Grid& grid) {
  TabularWorld world(grid.cells(), static_cast<std::int64_t>(kActions.size()));
  for (std::int64_t cell = 0; cell < grid.cells(); ++cell) {
    if (grid.At(cell) == '#') world.Forbid(cell);
    for (std::size_t action = 0; action < kActions.size(); ++action) {
      std::int64_t next = grid.Neighbour(cell, kActions[action]);
      if (grid.At(next) == '#') next = cell;
      const bool goal = grid.At(next) == 'G';
      world.Add(cell, static_cast<std::int64_t>(action),
                {.next_state = next, .reward = goal ? 1.0 : 0.0, .terminated = goal});
    }
  }
  world.MakeAbsorbing(grid.Find('G'));
  return world;
}

}  // namespace

std::unique_ptr<TabularEnvironment> MakeMaze(const std::string& name, const MazePicture& picture) {
  const Grid grid(picture);
  return std::make_unique<TabularEnvironment>(TabularEnvironment::Options{.name = name},
                                              WorldOf(grid), std::vector{grid.Find('S')});
}

std::unique_ptr<TabularEnvironment> MakeChangingMaze(const std::string& name,
                                                     const MazePicture& before,
                                                     const MazePicture& after,
                                                     std::int64_t change_step) {
  const Grid grid(before);
  const Grid changed(after);
  DYNA_CHECK(grid.Find('S') == changed.Find('S') && grid.Find('G') == changed.Find('G'));
  return std::make_unique<TabularEnvironment>(
      TabularEnvironment::Options{.name = name}, WorldOf(grid), std::vector{grid.Find('S')},
      TabularEnvironment::Change{.world = WorldOf(changed), .step = change_step});
}

}  // namespace dyna::envs
