#include "actors/envs/registry.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "actors/envs/checked_environment.hpp"
#include "actors/envs/classic/acrobot.hpp"
#include "actors/envs/classic/cart_pole.hpp"
#include "actors/envs/classic/cart_pole_continuous.hpp"
#include "actors/envs/classic/mountain_car.hpp"
#include "actors/envs/classic/mountain_car_continuous.hpp"
#include "actors/envs/classic/pendulum.hpp"
#include "actors/envs/tabular/blocking_maze.hpp"
#include "actors/envs/tabular/cliff_walking.hpp"
#include "actors/envs/tabular/dyna_maze.hpp"
#include "actors/envs/tabular/frozen_lake.hpp"
#include "actors/envs/tabular/shortcut_maze.hpp"
#include "actors/envs/tabular/taxi.hpp"
#include "actors/envs/time_limit.hpp"
#include "common/core/error.hpp"

namespace dyna::envs {
namespace {

constexpr std::int64_t kEpisodeStepsMax = 1'000'000'000;

using Factory = std::unique_ptr<Environment> (*)(Config& config);
struct Entry {
  std::string_view name;
  Factory make;
};

/// Leaves return their own type; the table needs one.
template <auto kMake>
std::unique_ptr<Environment> Make(Config& config) {
  return kMake(config);
}

constexpr std::array kTable = {
    Entry{"Acrobot-v1", Make<MakeAcrobot>},
    Entry{"BlockingMaze", Make<MakeBlockingMaze>},
    Entry{"CartPole-v1", Make<MakeCartPole>},
    Entry{"CartPoleContinuous", Make<MakeCartPoleContinuous>},
    Entry{"CliffWalking-v0", Make<MakeCliffWalkingV0>},
    Entry{"CliffWalking-v1", Make<MakeCliffWalkingV1>},
    Entry{"DynaMaze", Make<MakeDynaMaze>},
    Entry{"FrozenLake-v1", Make<MakeFrozenLake>},
    Entry{"FrozenLake8x8-v1", Make<MakeFrozenLake8x8>},
    Entry{"MountainCar-v0", Make<MakeMountainCar>},
    Entry{"MountainCarContinuous-v0", Make<MakeMountainCarContinuous>},
    Entry{"Pendulum-v1", Make<MakePendulum>},
    Entry{"ShortcutMaze", Make<MakeShortcutMaze>},
    Entry{"Taxi-v3", Make<MakeTaxi>},
};

std::string Joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

std::vector<std::string> EnvironmentNames() {
  std::vector<std::string> names;
  for (const Entry& entry : kTable) names.emplace_back(entry.name);
  std::sort(names.begin(), names.end());
  return names;
}

std::unique_ptr<Environment> MakeEnvironment(Config& config) {
  const auto names = EnvironmentNames();
  if (!config.Has("env.name")) {
    throw ConfigError("env.name is missing: one of " + Joined(names));
  }
  const std::string name = config.GetChoice("env.name", names.front(), names);
  const auto entry = std::find_if(kTable.begin(), kTable.end(),
                                  [&](const Entry& candidate) { return candidate.name == name; });
  auto environment = std::make_unique<CheckedEnvironment>(entry->make(config));
  const std::int64_t limit = config.GetInt(
      "env.max_episode_steps", environment->spec().max_episode_steps, 0, kEpisodeStepsMax);
  return std::make_unique<TimeLimit>(std::move(environment), limit);
}

}  // namespace dyna::envs
