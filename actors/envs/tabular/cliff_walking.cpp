#include "actors/envs/tabular/cliff_walking.hpp"

#include <array>
#include <string>

#include "actors/envs/tabular/grid.hpp"

namespace dyna::envs {
namespace {

constexpr std::array kActions = {Direction::kUp, Direction::kRight, Direction::kDown,
                                 Direction::kLeft};

std::unique_ptr<TabularEnvironment> MakeCliffWalking(const std::string& name) {
  const Grid grid({"............",  //
                   "............",  //
                   "............",  //
                   "SCCCCCCCCCCG"});
  const std::int64_t start = grid.Find('S');
  TabularWorld world(grid.cells(), static_cast<std::int64_t>(kActions.size()));
  for (std::int64_t cell = 0; cell < grid.cells(); ++cell) {
    for (std::size_t action = 0; action < kActions.size(); ++action) {
      const std::int64_t next = grid.Neighbour(cell, kActions[action]);
      const bool fell = grid.At(next) == 'C';
      world.Add(cell, static_cast<std::int64_t>(action),
                {.next_state = fell ? start : next,
                 .reward = fell ? -100.0 : -1.0,
                 .terminated = grid.At(next) == 'G'});
    }
  }
  return std::make_unique<TabularEnvironment>(TabularEnvironment::Options{.name = name},
                                              std::move(world), std::vector{start});
}

}  // namespace

std::unique_ptr<TabularEnvironment> MakeCliffWalkingV0(Config& /*config*/) {
  return MakeCliffWalking("CliffWalking-v0");
}

std::unique_ptr<TabularEnvironment> MakeCliffWalkingV1(Config& /*config*/) {
  return MakeCliffWalking("CliffWalking-v1");
}

}  // namespace dyna::envs
