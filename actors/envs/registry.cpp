#include "actors/envs/registry.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <utility>

#include "actors/envs/bridge/make_bridge.hpp"
#include "actors/envs/checked_environment.hpp"
#include "actors/envs/classic/acrobot.hpp"
#include "actors/envs/classic/cart_pole.hpp"
#include "actors/envs/classic/cart_pole_continuous.hpp"
#include "actors/envs/classic/mountain_car.hpp"
#include "actors/envs/classic/mountain_car_continuous.hpp"
#include "actors/envs/classic/pendulum.hpp"
#include "actors/envs/mujoco/registry.hpp"
#include "actors/envs/plugin/make_plugin.hpp"
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

constexpr std::array kClassic = {
    Entry{"Acrobot-v1", Make<MakeAcrobot>},
    Entry{"CartPole-v1", Make<MakeCartPole>},
    Entry{"CartPoleContinuous", Make<MakeCartPoleContinuous>},
    Entry{"MountainCar-v0", Make<MakeMountainCar>},
    Entry{"MountainCarContinuous-v0", Make<MakeMountainCarContinuous>},
    Entry{"Pendulum-v1", Make<MakePendulum>},
};

constexpr std::array kTabular = {
    Entry{"BlockingMaze", Make<MakeBlockingMaze>},
    Entry{"CliffWalking-v0", Make<MakeCliffWalkingV0>},
    Entry{"CliffWalking-v1", Make<MakeCliffWalkingV1>},
    Entry{"DynaMaze", Make<MakeDynaMaze>},
    Entry{"FrozenLake-v1", Make<MakeFrozenLake>},
    Entry{"FrozenLake8x8-v1", Make<MakeFrozenLake8x8>},
    Entry{"ShortcutMaze", Make<MakeShortcutMaze>},
    Entry{"Taxi-v3", Make<MakeTaxi>},
};

EnvironmentFamily Family(std::string title, std::span<const Entry> table) {
  EnvironmentFamily family = {.title = std::move(title)};
  for (const Entry& entry : table) family.names.emplace_back(entry.name);
  return family;
}

std::unique_ptr<Environment> MakeLeaf(const std::string& name, Config& config) {
  for (const std::span<const Entry> table : {std::span<const Entry>(kClassic), {kTabular}}) {
    for (const Entry& entry : table) {
      if (entry.name == name) return entry.make(config);
    }
  }
  return MakeMujoco(name, config);
}

std::string Joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::vector<std::unique_ptr<Environment>> MakeLeaves(Config& config, std::int64_t count) {
  if (config.Has("env.plugin")) return MakePlugged(config, count);
  auto names = EnvironmentNames();
  if (!config.Has("env.name")) {
    throw ConfigError("env.name is missing: one of " + Joined(names) +
                      ", or gym:NAME for one of Gymnasium");
  }
  const std::string written = config.GetString("env.name", "");
  if (written.starts_with(kBridgePrefix)) return MakeBridged(written, config, count);
  // One that this build cannot make is known all the same: its maker says why.
  if (!HasMujoco()) names.insert(names.end(), MujocoNames().begin(), MujocoNames().end());
  const std::string name = config.GetChoice("env.name", names.front(), names);
  std::vector<std::unique_ptr<Environment>> environments;
  for (std::int64_t i = 0; i < count; ++i) environments.push_back(MakeLeaf(name, config));
  return environments;
}

}  // namespace

std::vector<EnvironmentFamily> EnvironmentFamilies() {
  const auto mujoco = MujocoNames();
  return {Family("Classic control", kClassic),
          Family("Tabular", kTabular),
          {.title = "MuJoCo", .names = {mujoco.begin(), mujoco.end()}, .available = HasMujoco()}};
}

std::vector<std::string> EnvironmentNames() {
  std::vector<std::string> names;
  for (const EnvironmentFamily& family : EnvironmentFamilies()) {
    if (family.available) names.insert(names.end(), family.names.begin(), family.names.end());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::unique_ptr<Environment> MakeEnvironment(Config& config) {
  return std::move(MakeEnvironments(config, 1).front());
}

std::vector<std::unique_ptr<Environment>> MakeEnvironments(Config& config, std::int64_t count) {
  std::vector<std::unique_ptr<Environment>> environments = MakeLeaves(config, count);
  for (auto& environment : environments) {
    auto checked = std::make_unique<CheckedEnvironment>(std::move(environment));
    const std::int64_t limit = config.GetInt(
        "env.max_episode_steps", checked->spec().max_episode_steps, 0, kEpisodeStepsMax);
    environment = std::make_unique<TimeLimit>(std::move(checked), limit);
  }
  return environments;
}

}  // namespace dyna::envs
