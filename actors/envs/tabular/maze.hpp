#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/envs/tabular/tabular_environment.hpp"

namespace dyna::envs {

/// A picture of a maze: S start, G goal, # block, . free.
using MazePicture = std::vector<std::string_view>;

/// The mazes of Sutton & Barto, chapter 8: actions up, down, left, right; bumping into a block or
/// the border leaves the agent where it is; +1 on entering the goal, which ends the episode, else
/// 0. The goal, once reached, is absorbing with reward 0. No time limit.
std::unique_ptr<TabularEnvironment> MakeMaze(const std::string& name, const MazePicture& picture);

/// The same, until `change_step` steps were made in all; from then on in `after`, whose start and
/// goal are those of `before`.
std::unique_ptr<TabularEnvironment> MakeChangingMaze(const std::string& name,
                                                     const MazePicture& before,
                                                     const MazePicture& after,
                                                     std::int64_t change_step);

/// Largest env.change_step a maze accepts.
inline constexpr std::int64_t kChangeStepMax = 1'000'000'000'000;

}  // namespace dyna::envs
