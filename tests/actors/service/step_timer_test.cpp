#include "actors/service/step_timer.hpp"

#include <gtest/gtest.h>

namespace dyna::actors {
namespace {

using std::chrono::milliseconds;

const StepTimer::TimePoint kStart{};

TEST(StepTimerTest, IsDueAtFixedTimesWhateverAStepTakes) {
  StepTimer timer(milliseconds(50), kStart);
  EXPECT_TRUE(timer.due(kStart));
  EXPECT_EQ(timer.Stepped(kStart + milliseconds(30)), 0);
  EXPECT_FALSE(timer.due(kStart + milliseconds(49)));
  EXPECT_TRUE(timer.due(kStart + milliseconds(50)));
  EXPECT_EQ(timer.Stepped(kStart + milliseconds(100)), 0);
  EXPECT_EQ(timer.next(), kStart + milliseconds(100));
}

TEST(StepTimerTest, AStepThatEndsAfterTheNextOneWasDueIsLate) {
  StepTimer timer(milliseconds(50), kStart);
  EXPECT_EQ(timer.Stepped(kStart + milliseconds(51)), 1);
  EXPECT_TRUE(timer.due(kStart + milliseconds(51)));  // at once, and then on time again
  EXPECT_EQ(timer.Stepped(kStart + milliseconds(60)), 0);
  EXPECT_EQ(timer.next(), kStart + milliseconds(100));
}

TEST(StepTimerTest, AfterAStallTheMissedStepsAreCountedAndNotMadeUpFor) {
  StepTimer timer(milliseconds(50), kStart);
  EXPECT_EQ(timer.Stepped(kStart + milliseconds(1'020)), 20);
  EXPECT_EQ(timer.next(), kStart + milliseconds(1'000));
  EXPECT_EQ(timer.Stepped(kStart + milliseconds(1'030)), 0);
  EXPECT_EQ(timer.next(), kStart + milliseconds(1'050));
}

}  // namespace
}  // namespace dyna::actors
