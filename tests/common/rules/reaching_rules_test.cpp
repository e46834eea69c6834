#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "common/rules/pets.hpp"
#include "common/rules/reaching.hpp"
#include "common/rules/rules.hpp"

namespace dyna::rules {
namespace {

using Values = std::vector<double>;
constexpr double kHalfPi = std::numbers::pi / 2.0;

/// The reward of a transition between two observations of which only some columns matter.
double Reward(const char* env, const Values& obs, const Values& action, const Values& next_obs) {
  return RulesFor(env).reward(obs, action, next_obs);
}

/// Zeros but for `values` from `column` on.
Values ObservationWith(std::size_t size, std::size_t column, const Values& values) {
  Values obs(size, 0.0);
  std::copy(values.begin(), values.end(), obs.begin() + static_cast<std::ptrdiff_t>(column));
  return obs;
}

TEST(ReacherRulesTest, PaysForTheDistanceBeforeTheStep) {
  const Values before = ObservationWith(11, 8, {0.03, -0.04, 0.0});
  const Values after = ObservationWith(11, 8, {5.0, 5.0, 0.0});
  EXPECT_NEAR(Reward("Reacher-v4", before, {0.0, 0.0}, after), -0.05, 1e-15);
  EXPECT_NEAR(Reward("Reacher-v4", before, {0.5, -2.0}, after), -0.05 - 4.25, 1e-15);
  EXPECT_FALSE(RulesFor("Reacher-v4").terminated(before, Values{0.0, 0.0}, after));
}

TEST(PusherRulesTest, PaysForBothDistancesBeforeTheStep) {
  // tip, object, goal: object to goal 3-4-5 -> 0.5, object to tip 1.
  const Values before = ObservationWith(23, 14, {0.3, 0.4, 1.0, 0.3, 0.4, 0.0, 0.0, 0.0, 0.0});
  const Values after(23, 7.0);
  Values action(7, 0.0);
  EXPECT_NEAR(Reward("Pusher-v4", before, action, after), -0.5 - 0.5 * 1.0, 1e-15);
  action[6] = -2.0;
  EXPECT_NEAR(Reward("Pusher-v4", before, action, after), -1.0 - 0.4, 1e-15);
  EXPECT_FALSE(RulesFor("Pusher-v4").terminated(before, action, after));
}

TEST(PetsPusherRulesTest, PaysForManhattanDistancesBeforeTheStep) {
  // The object is off its goal by (0.1, -0.2, 0.048), the tip off the object by (0.1, 0.1, -0.1).
  const Values before = ObservationWith(20, 14, {0.65, -0.15, -0.375, 0.55, -0.25, -0.275});
  const Values after(20, 7.0);
  Values action(7, 0.0);
  EXPECT_NEAR(Reward("PetsPusher", before, action, after), -1.25 * 0.348 - 0.5 * 0.3, 1e-15);
  action[0] = 1.0;
  action[3] = -2.0;
  EXPECT_NEAR(Reward("PetsPusher", before, action, after), -0.435 - 0.15 - 0.5, 1e-15);
}

TEST(PetsCartPoleRulesTest, PaysOneForThePoleUprightAfterTheStep) {
  const Values anywhere(4, 2.0);
  const double pi = std::numbers::pi;
  EXPECT_NEAR(Reward("PetsCartPole", anywhere, {0.0}, {0.0, pi, 9.0, 9.0}), 1.0, 1e-15);
  EXPECT_NEAR(Reward("PetsCartPole", anywhere, {3.0}, {0.0, pi, 9.0, 9.0}), 0.91, 1e-15);
  // Hanging: 1.2 m below, exp(-1.44 / 0.36).
  EXPECT_NEAR(Reward("PetsCartPole", anywhere, {0.0}, Values(4, 0.0)), std::exp(-4.0), 1e-15);
  // Level to the left of a cart at 0.6: the end is at (0, 0), 0.6 m below.
  EXPECT_NEAR(Reward("PetsCartPole", anywhere, {0.0}, {0.6, kHalfPi, 0.0, 0.0}), std::exp(-1.0),
              1e-15);
}

TEST(PetsHalfCheetahRulesTest, PaysTheVelocityThatTheNextObservationHolds) {
  const Values before = ObservationWith(18, 0, {50.0});
  const Values after = ObservationWith(18, 0, {2.5, 100.0, 100.0});
  EXPECT_NEAR(Reward("PetsHalfCheetah", before, {1.0, -1.0, 0.5, 0.0, 0.0, 0.0}, after),
              2.5 - 0.1 * 2.25, 1e-15);
  EXPECT_FALSE(RulesFor("PetsHalfCheetah").terminated(before, Values(6, 0.0), after));
}

void ExpectEnd(const Values& angles, double x, double y, double z) {
  const auto end = PetsReacher3dEnd(angles);
  EXPECT_NEAR(end[0], x, 1e-15);
  EXPECT_NEAR(end[1], y, 1e-15);
  EXPECT_NEAR(end[2], z, 1e-15);
}

TEST(PetsReacher3dRulesTest, TheEndFollowsTheJoints) {
  // Straight: shoulder offset 0.1, links 0.4, 0.321 and 0.16828 along x, base at y = -0.188.
  ExpectEnd({0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0}, 0.98928, -0.188, 0.0);
  // The pan joint turns all of it about z, the lift joint all but the offset about y, downwards.
  ExpectEnd({kHalfPi, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0}, 0.0, 0.98928 - 0.188, 0.0);
  ExpectEnd({0.0, kHalfPi, 0.0, 0.0, 0.0, 0.0, 0.0}, 0.1, -0.188, -0.88928);
  // The elbow folds what is beyond it up for a negative angle, sideways when rolled.
  ExpectEnd({0.0, 0.0, 0.0, -kHalfPi, 0.0, 0.0, 0.0}, 0.5, -0.188, 0.48928);
  ExpectEnd({0.0, 0.0, kHalfPi, -kHalfPi, 0.0, 0.0, 0.0}, 0.5, -0.188 - 0.48928, 0.0);
  // So does the wrist, for the last link only; its own roll has no effect.
  ExpectEnd({0.0, 0.0, 0.0, 0.0, 0.0, -kHalfPi, 1.0}, 0.821, -0.188, 0.16828);
  ExpectEnd({0.0, 0.0, 0.0, -kHalfPi, 0.0, -kHalfPi, 0.0}, 0.5 - 0.16828, -0.188, 0.321);
}

TEST(PetsReacher3dRulesTest, PaysTheSquaredDistanceAfterTheStep) {
  const Values before(17, 1.0);
  Values after(17, 0.0);
  after[7] = 0.98928;  // the target
  after[8] = -0.188 + 0.3;
  after[9] = -0.4;
  Values action(7, 0.0);
  EXPECT_NEAR(Reward("PetsReacher3D", before, action, after), -0.25, 1e-15);
  action[2] = 20.0;
  EXPECT_NEAR(Reward("PetsReacher3D", before, action, after), -4.25, 1e-15);
  EXPECT_FALSE(RulesFor("PetsReacher3D").terminated(before, action, after));
}

}  // namespace
}  // namespace dyna::rules
