#include "actors/envs/tabular/frozen_lake.hpp"

#include <array>
#include <string>
#include <utility>

#include "actors/envs/tabular/grid.hpp"

namespace dyna::envs {
namespace {

/// In circular order, so that the neighbours of an action are the two sides it may slip to.
constexpr std::array kActions = {Direction::kLeft, Direction::kDown, Direction::kRight,
                                 Direction::kUp};

Grid SmallLake() {
  return Grid({"SFFF",  //
               "FHFH",  //
               "FFFH",  //
               "HFFG"});
}

Grid LargeLake() {
  return Grid({"SFFFFFFF",  //
               "FFFFFFFF",  //
               "FFFHFFFF",  //
               "FFFFFHFF",  //
               "FFFHFFFF",  //
               "FHHFFFHF",  //
               "FHFFHFHF",  //
               "FFFHFFFG"});
}

void AddMove(TabularWorld& world, const Grid& grid, std::int64_t cell, std::size_t action,
             std::pair<Direction, double> move) {
  const std::int64_t next = grid.Neighbour(cell, move.first);
  const char mark = grid.At(next);
  world.Add(cell, static_cast<std::int64_t>(action),
            {.probability = move.second,
             .next_state = next,
             .reward = mark == 'G' ? 1.0 : 0.0,
             .terminated = mark == 'G' || mark == 'H'});
}

TabularWorld LakeWorld(const Grid& grid, bool slippery) {
  constexpr std::size_t kActionCount = kActions.size();
  TabularWorld world(grid.cells(), static_cast<std::int64_t>(kActionCount));
  for (std::int64_t cell = 0; cell < grid.cells(); ++cell) {
    if (grid.At(cell) == 'H' || grid.At(cell) == 'G') {
      world.MakeAbsorbing(cell);
      continue;
    }
    for (std::size_t action = 0; action < kActionCount; ++action) {
      if (!slippery) {
        AddMove(world, grid, cell, action, {kActions[action], 1.0});
        continue;
      }
      for (const std::size_t turn : {kActionCount - 1, std::size_t{0}, std::size_t{1}}) {
        const Direction direction = kActions[(action + turn) % kActionCount];
        AddMove(world, grid, cell, action, {direction, 1.0 / 3.0});
      }
    }
  }
  return world;
}

std::unique_ptr<TabularEnvironment> MakeLake(const std::string& name, bool large, bool slippery) {
  const Grid grid = large ? LargeLake() : SmallLake();
  return std::make_unique<TabularEnvironment>(
      TabularEnvironment::Options{.name = name,
                                  .max_episode_steps = large ? 200 : 100,
                                  .reward_threshold = large ? 0.85 : 0.7},
      LakeWorld(grid, slippery), std::vector{grid.Find('S')});
}

}  // namespace

std::unique_ptr<TabularEnvironment> MakeFrozenLake(Config& config) {
  const bool large = config.GetChoice("env.map", "4x4", {"4x4", "8x8"}) == "8x8";
  return MakeLake("FrozenLake-v1", large, config.GetBool("env.slippery", true));
}

std::unique_ptr<TabularEnvironment> MakeFrozenLake8x8(Config& config) {
  return MakeLake("FrozenLake8x8-v1", true, config.GetBool("env.slippery", true));
}

}  // namespace dyna::envs
