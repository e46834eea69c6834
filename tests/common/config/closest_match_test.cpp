#include "common/config/closest_match.hpp"

#include <gtest/gtest.h>

namespace dyna {
namespace {

TEST(ClosestMatchTest, FindsTheNeighbourOfASlip) {
  const std::vector<std::string> keys = {"run.seed", "run.steps", "learner.gamma"};
  EXPECT_EQ(ClosestMatch("run.sed", keys), "run.seed");
  EXPECT_EQ(ClosestMatch("run.step", keys), "run.steps");
  EXPECT_EQ(ClosestMatch("lerner.gama", keys), "learner.gamma");
}

TEST(ClosestMatchTest, SuggestsNothingForAStranger) {
  EXPECT_EQ(ClosestMatch("completely.else", {"run.seed", "run.steps"}), "");
  EXPECT_EQ(ClosestMatch("x", {}), "");
}

}  // namespace
}  // namespace dyna
