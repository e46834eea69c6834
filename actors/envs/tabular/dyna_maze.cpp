#include "actors/envs/tabular/dyna_maze.hpp"

#include "actors/envs/tabular/maze.hpp"

namespace dyna::envs {

std::unique_ptr<TabularEnvironment> MakeDynaMaze(Config& /*config*/) {
  return MakeMaze("DynaMaze", {".......#G",  //
                               "..#....#.",  //
                               "S.#....#.",  //
                               "..#......",  //
                               ".....#...",  //
                               "........."});
}

}  // namespace dyna::envs
