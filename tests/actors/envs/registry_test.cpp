#include "actors/envs/registry.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <optional>

#include "common/core/error.hpp"
#include "tests/actors/envs/test_support.hpp"

namespace dyna::envs {
namespace {

std::string MessageOf(const std::function<void()>& action) {
  try {
    action();
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "no ConfigError";
}

TEST(RegistryTest, NamesAreSortedAndUnique) {
  const auto names = EnvironmentNames();
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
  EXPECT_GE(names.size(), 14U);
}

TEST(RegistryTest, AnUnknownNameSuggestsTheClosest) {
  const auto message = MessageOf([] { MakeNamed("CartPole-v2"); });
  EXPECT_NE(message.find("CartPole-v2"), std::string::npos) << message;
  EXPECT_NE(message.find("did you mean 'CartPole-v1'"), std::string::npos) << message;
}

TEST(RegistryTest, AMissingNameListsWhatThereIs) {
  Config config;
  const auto message = MessageOf([&] { MakeEnvironment(config); });
  EXPECT_NE(message.find("env.name is missing"), std::string::npos) << message;
  EXPECT_NE(message.find("Pendulum-v1"), std::string::npos) << message;
}

TEST(RegistryTest, AFamilyThatThisBuildLacksIsNamedAndSaysHowToGetIt) {
  for (const auto& family : EnvironmentFamilies()) {
    SCOPED_TRACE(family.title);
    EXPECT_TRUE(std::is_sorted(family.names.begin(), family.names.end()));
    for (const auto& name : family.names) {
      const bool listed = std::ranges::binary_search(EnvironmentNames(), name);
      EXPECT_EQ(listed, family.available) << name;
      if (family.available) continue;
      const auto message = MessageOf([&] { MakeNamed(name); });
      EXPECT_NE(message.find("env.name = \"" + name + "\" is not available"), std::string::npos)
          << message;
      EXPECT_NE(message.find("deploy/setup.sh"), std::string::npos) << message;
    }
  }
}

TEST(RegistryTest, TimeLimitsAndThresholdsAreGymnasiums) {
  struct Expected {
    const char* name;
    std::int64_t limit;
    std::optional<double> threshold;
  };
  for (const auto& [name, limit, threshold] :
       {Expected{"Acrobot-v1", 500, -100.0}, Expected{"CartPole-v1", 500, 475.0},
        Expected{"CartPoleContinuous", 200, {}}, Expected{"CliffWalking-v0", 0, {}},
        Expected{"FrozenLake-v1", 100, 0.7}, Expected{"FrozenLake8x8-v1", 200, 0.85},
        Expected{"MountainCar-v0", 200, -110.0}, Expected{"MountainCarContinuous-v0", 999, 90.0},
        Expected{"Pendulum-v1", 200, {}}, Expected{"Taxi-v3", 200, 8.0}}) {
    const auto environment = MakeNamed(name);
    EXPECT_EQ(environment->spec().max_episode_steps, limit) << name;
    EXPECT_EQ(environment->spec().reward_threshold, threshold) << name;
  }
}

TEST(RegistryTest, AKeyOfAnotherLeafIsNotRead) {
  const auto message = MessageOf([] { MakeNamed("CartPole-v1", {"env.slippery=false"}); });
  EXPECT_NE(message.find("env.slippery"), std::string::npos) << message;
}

TEST(RegistryTest, WrongValuesAreRefused) {
  EXPECT_THROW(MakeNamed("CartPole-v1", {"env.max_episode_steps=-1"}), ConfigError);
  EXPECT_THROW(MakeNamed("FrozenLake-v1", {"env.map=5x5"}), ConfigError);
  EXPECT_THROW(MakeNamed("FrozenLake-v1", {"env.slippery=3"}), ConfigError);
  EXPECT_THROW(MakeNamed("BlockingMaze", {"env.change_step=-1"}), ConfigError);
}

}  // namespace
}  // namespace dyna::envs
