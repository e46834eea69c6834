#include "common/rules/rules.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

#include "common/rules/acrobot.hpp"
#include "common/rules/cart_pole.hpp"
#include "common/rules/mountain_car.hpp"
#include "common/rules/pendulum.hpp"

namespace dyna::rules {
namespace {

using Values = std::vector<double>;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kPi = std::numbers::pi;

struct Known {
  std::string name;
  std::size_t obs;
  std::size_t action;
  bool has_reward;
};

void PrintTo(const Known& known, std::ostream* out) { *out << known.name; }

const Known kKnown[] = {{"Acrobot-v1", 6, 1, true},
                        {"Ant-v4", 27, 8, false},
                        {"AntTruncatedObs", 27, 8, false},
                        {"CartPole-v1", 4, 1, true},
                        {"CartPoleContinuous", 4, 1, true},
                        {"HalfCheetah-v4", 17, 6, false},
                        {"Hopper-v4", 11, 3, false},
                        {"Humanoid-v4", 376, 17, false},
                        {"HumanoidTruncatedObs", 45, 17, false},
                        {"InvertedDoublePendulum-v4", 11, 1, false},
                        {"InvertedPendulum-v4", 4, 1, true},
                        {"MountainCar-v0", 2, 1, true},
                        {"MountainCarContinuous-v0", 2, 1, true},
                        {"Pendulum-v1", 3, 1, true},
                        {"PetsCartPole", 4, 1, true},
                        {"PetsHalfCheetah", 18, 6, true},
                        {"PetsPusher", 20, 7, true},
                        {"PetsReacher3D", 17, 7, true},
                        {"Pusher-v4", 23, 7, true},
                        {"Reacher-v4", 11, 2, true},
                        {"Swimmer-v4", 8, 2, false},
                        {"Walker2d-v4", 17, 6, false}};

TEST(RulesTest, OnlyKnownNamesHaveRules) {
  for (const Known& known : kKnown) {
    EXPECT_NE(RulesFor(known.name).terminated, nullptr) << known.name;
    EXPECT_EQ(RulesFor(known.name).reward != nullptr, known.has_reward) << known.name;
  }
  for (const char* name : {"", "CartPole-v0", "Hopper-v3", "Pendulum", "FrozenLake-v1"}) {
    EXPECT_EQ(RulesFor(name).terminated, nullptr) << name;
    EXPECT_EQ(RulesFor(name).reward, nullptr) << name;
  }
}

class KnownRulesTest : public testing::TestWithParam<Known> {};

TEST_P(KnownRulesTest, WhatIsNotFiniteIsNeverAlive) {
  const Known& known = GetParam();
  const Rules rules = RulesFor(known.name);
  const Values action(known.action, 0.0);
  const Values obs(known.obs, 0.0);
  for (std::size_t column = 0; column < known.obs; ++column) {
    for (const double bad : {kNan, kInf, -kInf}) {
      SCOPED_TRACE(testing::Message() << "column " << column << " = " << bad);
      Values broken = obs;
      broken[column] = bad;
      EXPECT_TRUE(rules.terminated(obs, action, broken));
      if (!known.has_reward) continue;
      EXPECT_TRUE(std::isnan(rules.reward(obs, action, broken)));
      EXPECT_TRUE(std::isnan(rules.reward(broken, action, obs)));
    }
  }
  for (std::size_t column = 0; known.has_reward && column < known.action; ++column) {
    Values broken = action;
    broken[column] = kNan;
    EXPECT_TRUE(std::isnan(rules.reward(obs, broken, obs)));
  }
}

INSTANTIATE_TEST_SUITE_P(All, KnownRulesTest, testing::ValuesIn(kKnown), [](const auto& instance) {
  return instance.param.name.substr(0, instance.param.name.find('-'));
});

TEST(CartPoleRulesTest, LimitsAreStrict) {
  EXPECT_EQ(kCartPoleAngleLimit_rad, 0.20943951023931953);
  EXPECT_FALSE(CartPoleFailed(2.4, 0.0));
  EXPECT_FALSE(CartPoleFailed(-2.4, 0.0));
  EXPECT_TRUE(CartPoleFailed(std::nextafter(2.4, 3.0), 0.0));
  EXPECT_TRUE(CartPoleFailed(std::nextafter(-2.4, -3.0), 0.0));
  EXPECT_FALSE(CartPoleFailed(0.0, 0.20943951023931953));
  EXPECT_FALSE(CartPoleFailed(0.0, -0.20943951023931953));
  EXPECT_TRUE(CartPoleFailed(0.0, std::nextafter(0.20943951023931953, 1.0)));
  EXPECT_TRUE(CartPoleFailed(0.0, std::nextafter(-0.20943951023931953, -1.0)));
}

TEST(CartPoleRulesTest, TheTerminatingStepIsPaid) {
  const Rules rules = RulesFor("CartPole-v1");
  const Values obs = {0.0, 0.0, 0.2, 3.0};
  const Values fallen = {0.0, 0.0, 0.26, 3.0};
  EXPECT_TRUE(rules.terminated(obs, Values{1.0}, fallen));
  EXPECT_EQ(rules.reward(obs, Values{1.0}, fallen), 1.0);
}

TEST(PendulumRulesTest, WrapsIntoHalfOpenTurn) {
  EXPECT_EQ(WrapAngle_rad(0.0), 0.0);
  EXPECT_EQ(WrapAngle_rad(kPi), -kPi);
  EXPECT_EQ(WrapAngle_rad(-kPi), -kPi);
  EXPECT_NEAR(WrapAngle_rad(3.0), 3.0, 1e-15);
  EXPECT_NEAR(WrapAngle_rad(-25.242), -25.242 + 8.0 * kPi, 1e-12);
  EXPECT_NEAR(WrapAngle_rad(100.0), 100.0 - 32.0 * kPi, 1e-12);
}

TEST(PendulumRulesTest, RewardIsTheHandComputedCost) {
  EXPECT_NEAR(PendulumReward(1.0, 2.0, 0.5), -(1.0 + 0.4 + 0.00025), 1e-15);
  EXPECT_NEAR(PendulumReward(1.0 + 6.0 * kPi, 2.0, -5.0), -(1.0 + 0.4 + 0.004), 1e-12);
  EXPECT_NEAR(PendulumReward(kPi, 8.0, 2.0), -16.2736, 1e-4);
}

TEST(PendulumRulesTest, OnlyTheDirectionOfCosAndSinCounts) {
  const Rules rules = RulesFor("Pendulum-v1");
  for (const double theta : {-3.1, -1.0, 0.0, 0.4, 2.0, kPi}) {
    for (const double length : {0.5, 1.0, 1.7}) {
      const Values obs = {length * std::cos(theta), length * std::sin(theta), -0.3};
      EXPECT_NEAR(rules.reward(obs, Values{3.0}, obs), PendulumReward(theta, -0.3, 2.0), 1e-12);
      EXPECT_FALSE(rules.terminated(obs, Values{3.0}, obs));
    }
  }
}

TEST(MountainCarRulesTest, TheFlagIsReachedRollingForward) {
  EXPECT_TRUE(MountainCarArrived(0.5, 0.0, kMountainCarGoal));
  EXPECT_FALSE(MountainCarArrived(0.5, -1e-9, kMountainCarGoal));
  EXPECT_FALSE(MountainCarArrived(std::nextafter(0.5, 0.0), 0.07, kMountainCarGoal));
  const Values obs = {0.44, 0.03};
  const Values at_flag = {0.46, 0.02};
  EXPECT_FALSE(RulesFor("MountainCar-v0").terminated(obs, Values{2.0}, at_flag));
  EXPECT_EQ(RulesFor("MountainCar-v0").reward(obs, Values{2.0}, at_flag), -1.0);
  EXPECT_TRUE(RulesFor("MountainCarContinuous-v0").terminated(obs, Values{1.0}, at_flag));
}

TEST(MountainCarRulesTest, TheContinuousRewardPaysForTheActionAsGiven) {
  const Rules rules = RulesFor("MountainCarContinuous-v0");
  const Values obs = {0.44, 0.03};
  EXPECT_NEAR(rules.reward(obs, Values{-2.0}, Values{0.4, 0.03}), -0.4, 1e-15);
  EXPECT_NEAR(rules.reward(obs, Values{0.5}, Values{0.46, 0.02}), 99.975, 1e-12);
}

TEST(AcrobotRulesTest, TheTipMustPassOneLinkLengthStrictly) {
  EXPECT_FALSE(AcrobotSwungUp(0.0, 0.0));                     // both hang: -2
  EXPECT_TRUE(AcrobotSwungUp(kPi, 0.0));                      // both up: 2
  EXPECT_FALSE(AcrobotSwungUp(kPi / 2.0, 0.0));               // level: 0
  EXPECT_FALSE(AcrobotSwungUp(2.0 * kPi / 3.0, 0.0 - 1e-9));  // a hair below 1
  EXPECT_TRUE(AcrobotSwungUp(2.0 * kPi / 3.0 + 1e-9, 1e-9));
  EXPECT_EQ(AcrobotReward(true), 0.0);
  EXPECT_EQ(AcrobotReward(false), -1.0);
}

TEST(AcrobotRulesTest, ALongPredictionDoesNotEndTheEpisode) {
  const Rules rules = RulesFor("Acrobot-v1");
  const double theta1 = 1.9;
  const double theta2 = -0.2;
  ASSERT_FALSE(AcrobotSwungUp(theta1, theta2));
  for (const double length : {0.6, 1.0, 2.5}) {
    const Values obs = {length * std::cos(theta1),
                        length * std::sin(theta1),
                        length * std::cos(theta2),
                        length * std::sin(theta2),
                        0.0,
                        0.0};
    EXPECT_FALSE(rules.terminated(obs, Values{0.0}, obs)) << length;
    EXPECT_EQ(rules.reward(obs, Values{0.0}, obs), -1.0) << length;
  }
  const Values up = {-0.4, 0.0, 0.4, 0.0, 0.0, 0.0};
  EXPECT_TRUE(rules.terminated(up, Values{0.0}, up));
  EXPECT_EQ(rules.reward(up, Values{0.0}, up), 0.0);
}

}  // namespace
}  // namespace dyna::rules
