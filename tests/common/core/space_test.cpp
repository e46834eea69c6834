#include "common/core/space.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace dyna {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

bool Holds(const Space& space, const std::vector<double>& value) { return space.Contains(value); }

TEST(SpaceTest, BoxHoldsItsBoundsAndNothingBeyond) {
  const Space space = Space::Box({-1.0, -kInf}, {2.0, kInf});
  EXPECT_TRUE(Holds(space, {-1.0, 0.0}));
  EXPECT_TRUE(Holds(space, {2.0, -1e300}));
  EXPECT_FALSE(Holds(space, {std::nextafter(2.0, 3.0), 0.0}));
  EXPECT_FALSE(Holds(space, {std::nextafter(-1.0, -2.0), 0.0}));
}

TEST(SpaceTest, UnboundedDimensionStillRefusesWhatIsNotFinite) {
  const Space space = Space::Box({-kInf}, {kInf});
  EXPECT_TRUE(Holds(space, {1e308}));
  EXPECT_FALSE(Holds(space, {kInf}));
  EXPECT_FALSE(Holds(space, {-kInf}));
  EXPECT_FALSE(Holds(space, {kNan}));
}

TEST(SpaceTest, DiscreteHoldsWholeIndicesBelowN) {
  const Space space = Space::Discrete(3);
  for (const double index : {0.0, 1.0, 2.0}) EXPECT_TRUE(Holds(space, {index}));
  for (const double other : {-1.0, 3.0, 0.5, kNan, kInf}) EXPECT_FALSE(Holds(space, {other}));
}

TEST(SpaceTest, WrongSizeIsNotContained) {
  EXPECT_FALSE(Holds(Space::Box({0.0, 0.0}, {1.0, 1.0}), {0.5}));
  EXPECT_FALSE(Holds(Space::Discrete(2), {0.0, 1.0}));
  EXPECT_FALSE(Holds(Space::Discrete(2), {}));
}

TEST(SpaceTest, DiscreteTakesOneColumnAndNFeatures) {
  EXPECT_EQ(Space::Discrete(5).columns(), 1);
  EXPECT_EQ(Space::Discrete(5).features(), 5);
  EXPECT_EQ(Space::Box({0, 0, 0}, {1, 1, 1}).columns(), 3);
  EXPECT_EQ(Space::Box({0, 0, 0}, {1, 1, 1}).features(), 3);
}

TEST(SpaceTest, PrintsItsBounds) {
  EXPECT_EQ(Space::Discrete(2).ToString(), "Discrete(2)");
  EXPECT_EQ(Space::Box({-2.0, -kInf}, {2.0, 1.5}).ToString(), "Box([-2, -inf], [2, 1.5])");
}

TEST(SpaceDeathTest, CrossedBoundsAbort) {
  EXPECT_DEATH((void)Space::Box({1.0}, {0.0}), "check failed");
  EXPECT_DEATH((void)Space::Box({kNan}, {0.0}), "check failed");
  EXPECT_DEATH((void)Space::Box({0.0}, {1.0, 2.0}), "check failed");
  EXPECT_DEATH((void)Space::Discrete(0), "check failed");
}

}  // namespace
}  // namespace dyna
