#include "learner/pacing/update_limit.hpp"

#include <gtest/gtest.h>

#include "common/core/rng.hpp"

namespace dyna::learner {
namespace {

/// Updates that are let in from `updates` on.
std::int64_t Drain(const UpdateLimit& limit, std::int64_t updates, std::uint64_t steps) {
  const std::int64_t before = updates;
  while (limit.Admit(updates, steps).ok()) ++updates;
  return updates - before;
}

TEST(UpdateLimitTest, UpdatesFollowTheRatioAfterLearningStarts) {
  const UpdateLimit limit({.updates_per_step = 2.5, .learning_starts = 10});
  EXPECT_EQ(Drain(limit, 0, 0), 0);
  EXPECT_EQ(Drain(limit, 0, 10), 0);
  EXPECT_EQ(Drain(limit, 0, 11), 2);
  EXPECT_EQ(Drain(limit, 0, 12), 5);
  EXPECT_EQ(Drain(limit, 5, 14), 5);
  EXPECT_EQ(Drain(limit, 99, 14), 0);
}

TEST(UpdateLimitTest, BurstsComeDueWhenTheirStepsHavePassed) {
  const UpdateLimit limit({.updates_per_step = 0.5, .learning_starts = 30, .burst_steps = 20});
  EXPECT_EQ(Drain(limit, 0, 49), 0);
  EXPECT_EQ(Drain(limit, 0, 50), 10);
  EXPECT_EQ(Drain(limit, 10, 69), 0);
  EXPECT_EQ(Drain(limit, 10, 70), 10);
}

TEST(UpdateLimitTest, TheFirstStepsCanEarnUpdatesToo) {
  const UpdateLimit limit({.updates_per_step = 1.0,
                           .learning_starts = 30,
                           .burst_steps = 20,
                           .first_steps_count = true});
  EXPECT_EQ(Drain(limit, 0, 29), 0);
  EXPECT_EQ(Drain(limit, 0, 30), 30);
  EXPECT_EQ(Drain(limit, 30, 49), 0);
  EXPECT_EQ(Drain(limit, 30, 50), 20);
}

TEST(UpdateLimitTest, WaitingNamesTheLimitAndBothCounts) {
  const UpdateLimit limit({.updates_per_step = 1.0, .learning_starts = 0});
  const Error error = limit.Admit(7, 7).error();
  EXPECT_EQ(error.code, ErrorCode::kBackpressure);
  EXPECT_EQ(error.message, "learner.updates_per_step: 7 updates at 7 real steps");
}

TEST(UpdateLimitTest, WhatWasDueAtARestartIsGivenUpAndNotCaughtUp) {
  UpdateLimit limit({.updates_per_step = 2.0, .learning_starts = 10});
  limit.Forgo(100, 1010, 4);  // due: 2000 - 100
  EXPECT_EQ(limit.forgone(), 1896);
  EXPECT_EQ(Drain(limit, 100, 1010), 4);
  EXPECT_EQ(Drain(limit, 104, 1013), 6) << "new steps earn as ever";
  limit.Forgo(104, 1010, 4);
  EXPECT_EQ(limit.forgone(), 1896) << "nothing more was due";

  StateDict state;
  limit.Save(state);
  UpdateLimit loaded({.updates_per_step = 2.0, .learning_starts = 10});
  loaded.Load(state);
  EXPECT_EQ(Drain(loaded, 104, 1013), 6);
}

TEST(UpdateLimitTest, AStateInWhichNothingWasGivenUpIsEmptyAndOldOnesLoad) {
  UpdateLimit limit({.updates_per_step = 2.0, .learning_starts = 10});
  limit.Forgo(0, 10, 0);
  StateDict state;
  limit.Save(state);
  EXPECT_TRUE(state.arrays().empty());
  limit.Load(StateDict());
  EXPECT_EQ(limit.forgone(), 0);
}

TEST(UpdateLimitTest, NeverMoreUpdatesThanTheRatioWhateverTheArrivals) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed=" << seed);
    Rng rng(seed, "update-limit");
    const double ratio = rng.Uniform(0.05, 25.0);
    const auto starts = static_cast<std::int64_t>(rng.Below(50));
    UpdateLimit limit({.updates_per_step = ratio, .learning_starts = starts});
    std::int64_t updates = 0;
    std::uint64_t steps = 0;
    for (int i = 0; i < 200; ++i) {
      steps += rng.Below(9);
      if (rng.Below(20) == 0) {  // back from an older checkpoint
        updates -= std::min<std::int64_t>(updates, static_cast<std::int64_t>(rng.Below(30)));
        limit.Forgo(updates, steps, 1);
        ASSERT_LE(Drain(limit, updates, steps), 1) << "a burst";
      }
      if (rng.Below(3) == 0) updates += Drain(limit, updates, steps);
      ASSERT_LE(static_cast<double>(updates),
                std::max(0.0, ratio * (static_cast<double>(steps) - static_cast<double>(starts))));
    }
  }
}

}  // namespace
}  // namespace dyna::learner
