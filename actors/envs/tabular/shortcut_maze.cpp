#include "actors/envs/tabular/shortcut_maze.hpp"

#include "actors/envs/tabular/maze.hpp"

namespace dyna::envs {

std::unique_ptr<TabularEnvironment> MakeShortcutMaze(Config& config) {
  const auto change_step = config.GetInt("env.change_step", 3000, 0, kChangeStepMax);
  return MakeChangingMaze("ShortcutMaze",
                          {"........G",  //
                           ".........",  //
                           ".........",  //
                           ".########",  //
                           ".........",  //
                           "...S....."},
                          {"........G",  //
                           ".........",  //
                           ".........",  //
                           ".#######.",  //
                           ".........",  //
                           "...S....."},
                          change_step);
}

}  // namespace dyna::envs
