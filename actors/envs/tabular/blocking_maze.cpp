#include "actors/envs/tabular/blocking_maze.hpp"

#include "actors/envs/tabular/maze.hpp"

namespace dyna::envs {

std::unique_ptr<TabularEnvironment> MakeBlockingMaze(Config& config) {
  const auto change_step = config.GetInt("env.change_step", 1000, 0, kChangeStepMax);
  return MakeChangingMaze("BlockingMaze",
                          {"........G",  //
                           ".........",  //
                           ".........",  //
                           "########.",  //
                           ".........",  //
                           "...S....."},
                          {"........G",  //
                           ".........",  //
                           ".........",  //
                           ".########",  //
                           ".........",  //
                           "...S....."},
                          change_step);
}

}  // namespace dyna::envs
