#include "model_server/imagination/rollout_length.hpp"

#include <gtest/gtest.h>

namespace dyna::imagination {
namespace {

TEST(RolloutLengthTest, GrowsLinearlyBetweenTheEpochsAndIsCutToAnInteger) {
  const RolloutSchedule hopper{.e0 = 20, .e1 = 150, .k0 = 1, .k1 = 15};
  EXPECT_EQ(RolloutLength(hopper, 0), 1);
  EXPECT_EQ(RolloutLength(hopper, 20), 1);
  EXPECT_EQ(RolloutLength(hopper, 29), 1);    // 1 + 9/130 * 14 = 1.97
  EXPECT_EQ(RolloutLength(hopper, 30), 2);    // 2.08
  EXPECT_EQ(RolloutLength(hopper, 85), 8);    // 1 + 0.5 * 14
  EXPECT_EQ(RolloutLength(hopper, 124), 12);  // the end of the published run: 12.2
  EXPECT_EQ(RolloutLength(hopper, 149), 14);
  EXPECT_EQ(RolloutLength(hopper, 150), 15);
  EXPECT_EQ(RolloutLength(hopper, 9999), 15);
}

TEST(RolloutLengthTest, MayShrinkStayOrJump) {
  EXPECT_EQ(RolloutLength({.e0 = 0, .e1 = 10, .k0 = 5, .k1 = 0}, 5), 2);  // 2.5
  EXPECT_EQ(RolloutLength({.e0 = 20, .e1 = 150, .k0 = 1, .k1 = 1}, 80), 1);
  const RolloutSchedule jump{.e0 = 3, .e1 = 3, .k0 = 1, .k1 = 4};  // no division by zero
  EXPECT_EQ(RolloutLength(jump, 2), 1);
  EXPECT_EQ(RolloutLength(jump, 3), 4);
}

TEST(RolloutLengthTest, EpochsCountRealStepsAfterTheRandomOnes) {
  EXPECT_EQ(EpochOf(0, 5000, 1000), 0);
  EXPECT_EQ(EpochOf(5999, 5000, 1000), 0);
  EXPECT_EQ(EpochOf(6000, 5000, 1000), 1);
  EXPECT_EQ(EpochOf(130000, 5000, 1000), 125);
}

TEST(RolloutLengthTest, SyntheticCapacityIsAnEpochsWorthTimesWhatIsRetained) {
  EXPECT_EQ(SyntheticCapacity(1, 100000, 1000, 250, 1), 400000);      // HalfCheetah
  EXPECT_EQ(SyntheticCapacity(25, 100000, 1000, 250, 1), 10000000);   // Ant at the end
  EXPECT_EQ(SyntheticCapacity(24, 100000, 1000, 1000, 5), 12000000);  // Humanoid
  EXPECT_EQ(SyntheticCapacity(1, 10, 100, 300, 2), 6);                // 2 * int(3.33)
}

}  // namespace
}  // namespace dyna::imagination
