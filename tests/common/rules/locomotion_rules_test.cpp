#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "common/rules/inverted_pendulums.hpp"
#include "common/rules/locomotion.hpp"
#include "common/rules/rules.hpp"

namespace dyna::rules {
namespace {

using Values = std::vector<double>;

constexpr double kInf = std::numeric_limits<double>::infinity();

double Above(double value) { return std::nextafter(value, kInf); }
double Below(double value) { return std::nextafter(value, -kInf); }

/// The verdict on one next observation.
bool Ends(const char* env, const Values& next_obs) {
  return RulesFor(env).terminated(Values(next_obs.size(), 0.0), Values{}, next_obs);
}

/// `size` values of which the first are given and the others `rest`.
Values Observation(std::size_t size, std::initializer_list<double> first, double rest = 0.0) {
  Values obs(first);
  obs.resize(size, rest);
  return obs;
}

TEST(InvertedPendulumRulesTest, ThePoleMayLeanByExactlyTheLimit) {
  EXPECT_FALSE(InvertedPendulumFell(0.2));
  EXPECT_FALSE(InvertedPendulumFell(-0.2));
  EXPECT_TRUE(InvertedPendulumFell(Above(0.2)));
  EXPECT_TRUE(InvertedPendulumFell(Below(-0.2)));
  EXPECT_TRUE(InvertedPendulumFell(std::nan("")));
  EXPECT_FALSE(Ends("InvertedPendulum-v4", {9.0, 0.2, 9.0, 9.0}));
  EXPECT_TRUE(Ends("InvertedPendulum-v4", {0.0, 0.21, 0.0, 0.0}));
}

TEST(InvertedPendulumRulesTest, EveryStepIsPaidOne) {
  const Rules rules = RulesFor("InvertedPendulum-v4");
  const Values upright(4, 0.0);
  const Values fallen = {0.0, 0.5, 0.0, 0.0};
  EXPECT_EQ(rules.reward(upright, Values{3.0}, upright), 1.0);
  EXPECT_EQ(rules.reward(upright, Values{3.0}, fallen), 1.0);
}

TEST(InvertedDoublePendulumRulesTest, TheTipMustStayAboveOneMetre) {
  EXPECT_TRUE(DoublePendulumFell(1.0));
  EXPECT_FALSE(DoublePendulumFell(Above(1.0)));
  EXPECT_TRUE(DoublePendulumFell(std::nan("")));
}

TEST(InvertedDoublePendulumRulesTest, TheSecondAngleCountsFromTheFirstPole) {
  const auto obs = [](double theta1, double theta2) {
    return Observation(
        11, {0.4, std::sin(theta1), std::sin(theta2), std::cos(theta1), std::cos(theta2)});
  };
  const char* env = "InvertedDoublePendulum-v4";
  EXPECT_FALSE(Ends(env, obs(0.0, 0.0)));  // 1.2 m
  // 0.6 (cos 0.5 + cos 0) = 1.1265, but 0.6 (cos 0.5 + cos 0.5) = 1.0531, and 0.6 (cos 0.5 +
  // cos 1) = 0.8507.
  EXPECT_FALSE(Ends(env, obs(0.5, -0.5)));
  EXPECT_FALSE(Ends(env, obs(0.5, 0.0)));
  EXPECT_TRUE(Ends(env, obs(0.5, 0.5)));
  EXPECT_TRUE(Ends(env, obs(3.14159, 3.14159)));  // the upper pole upright again: 0 m
  // 0.6 (1 + cos t) is 1 at cos t = 2/3.
  EXPECT_FALSE(Ends(env, obs(0.0, std::acos(2.0 / 3.0) - 1e-9)));
  EXPECT_TRUE(Ends(env, obs(0.0, std::acos(2.0 / 3.0) + 1e-9)));
}

TEST(HopperRulesTest, HeightAndAngleAreStrict) {
  const auto hopper = [](double z, double angle) { return Observation(11, {z, angle}, 9.0); };
  EXPECT_FALSE(Ends("Hopper-v4", hopper(1.25, 0.0)));
  EXPECT_TRUE(Ends("Hopper-v4", hopper(0.7, 0.0)));
  EXPECT_FALSE(Ends("Hopper-v4", hopper(Above(0.7), 0.0)));
  EXPECT_FALSE(Ends("Hopper-v4", hopper(500.0, 0.0)));  // the height alone has no upper limit
  for (const double sign : {-1.0, 1.0}) {
    EXPECT_TRUE(Ends("Hopper-v4", hopper(1.25, sign * 0.2)));
    EXPECT_FALSE(Ends("Hopper-v4", hopper(1.25, sign * Below(0.2))));
  }
}

TEST(HopperRulesTest, BothBoundsOfTheStateAreTested) {
  for (std::size_t column = 2; column < 11; ++column) {
    for (const double bad : {100.0, -100.0}) {
      SCOPED_TRACE(testing::Message() << column << " = " << bad);
      Values obs = Observation(11, {1.25, 0.0});
      obs[column] = bad;
      EXPECT_TRUE(Ends("Hopper-v4", obs));
      obs[column] = bad > 0.0 ? Below(bad) : Above(bad);
      EXPECT_FALSE(Ends("Hopper-v4", obs));
    }
  }
  EXPECT_FALSE(HopperHealthy(Values{1.25, 0.0, 0.0, 0.0, 0.0}, Values{-100.0}));
}

TEST(Walker2dRulesTest, HeightAndAngleAreStrict) {
  const auto walker = [](double z, double angle) { return Observation(17, {z, angle}, 200.0); };
  EXPECT_FALSE(Ends("Walker2d-v4", walker(1.25, 0.0)));
  EXPECT_TRUE(Ends("Walker2d-v4", walker(0.8, 0.0)));
  EXPECT_FALSE(Ends("Walker2d-v4", walker(Above(0.8), 0.0)));
  EXPECT_TRUE(Ends("Walker2d-v4", walker(2.0, 0.0)));
  EXPECT_FALSE(Ends("Walker2d-v4", walker(Below(2.0), 0.0)));
  for (const double sign : {-1.0, 1.0}) {
    EXPECT_TRUE(Ends("Walker2d-v4", walker(1.25, sign)));
    EXPECT_FALSE(Ends("Walker2d-v4", walker(1.25, sign * Below(1.0))));
  }
}

TEST(LocomotionRulesTest, SomeNeverEnd) {
  for (const double value : {-1e5, 0.0, 1e5}) {
    EXPECT_FALSE(Ends("HalfCheetah-v4", Values(17, value)));
    EXPECT_FALSE(Ends("Swimmer-v4", Values(8, value)));
  }
}

TEST(LocomotionRulesTest, TheAntMayTouchItsLimits) {
  for (const char* env : {"Ant-v4", "AntTruncatedObs"}) {
    const auto ant = [](double z) { return Observation(27, {z}, 300.0); };
    EXPECT_FALSE(Ends(env, ant(0.2)));
    EXPECT_FALSE(Ends(env, ant(1.0)));
    EXPECT_TRUE(Ends(env, ant(Below(0.2))));
    EXPECT_TRUE(Ends(env, ant(Above(1.0))));
  }
  EXPECT_FALSE(Ends("Ant-v4", Observation(111, {0.75})));  // with contact forces
}

TEST(LocomotionRulesTest, TheHumanoidsDifferAtTheLimitsOnly) {
  const auto upright = [](double z) { return Observation(376, {z}); };
  const auto truncated = [](double z) { return Observation(45, {z}); };
  for (const double limit : {1.0, 2.0}) {
    EXPECT_TRUE(Ends("Humanoid-v4", upright(limit)));
    EXPECT_FALSE(Ends("HumanoidTruncatedObs", truncated(limit)));
  }
  EXPECT_FALSE(Ends("Humanoid-v4", upright(Above(1.0))));
  EXPECT_FALSE(Ends("Humanoid-v4", upright(Below(2.0))));
  EXPECT_TRUE(Ends("HumanoidTruncatedObs", truncated(Below(1.0))));
  EXPECT_TRUE(Ends("HumanoidTruncatedObs", truncated(Above(2.0))));
}

}  // namespace
}  // namespace dyna::rules
