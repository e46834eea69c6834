// Model-based: whatever the network, shards and learner do, the global bounds of promise P4 hold
// at every event; and once messages get through again, every producer and the learner go on.

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tests/learner/pacing/pacing_world.hpp"

namespace dyna::learner {
namespace {

/// Slacks as tight as Check() allows, so that every row of them is needed.
PacingWorld::Options RandomOptions(std::uint64_t seed, bool learner_restarts) {
  Rng rng(seed, "pacing-options");
  Pacer::Options pacer;
  pacer.updates_per_step = std::vector<double>{0.25, 1.0, 2.5, 20.0}[rng.Below(4)];
  pacer.learning_starts = static_cast<std::int64_t>(rng.Below(60));
  pacer.real_append_rows_max = 1 + static_cast<std::int64_t>(rng.Below(8));
  const auto between = static_cast<std::int64_t>(std::ceil(1.0 / pacer.updates_per_step));
  pacer.real_slack = pacer.real_append_rows_max + between +
                     static_cast<std::int64_t>(rng.Below(2) == 0 ? 0 : rng.Below(60));
  pacer.synthetic_per_real = rng.Uniform(0.1, 5.0);
  pacer.synthetic_skipped = pacer.learning_starts;
  pacer.synthetic_append_rows_max = 1 + static_cast<std::int64_t>(rng.Below(40));
  pacer.synthetic_slack = pacer.synthetic_append_rows_max +
                          static_cast<std::int64_t>(rng.Below(2) == 0 ? 0 : rng.Below(80));
  pacer.patience_calls = 10;
  return {.pacer = pacer,
          .shards = 1 + static_cast<int>(rng.Below(4)),
          .actors = 1 + static_cast<int>(rng.Below(4)),
          .imaginers = 1 + static_cast<int>(rng.Below(2)),
          .learner_restarts = learner_restarts};
}

/// Somebody appends in every `rounds_max` rounds, and everybody in all of them.
void ExpectProgress(PacingWorld& world) {
  constexpr int kRounds = 700;
  constexpr int kRoundsWithoutMax = 60;
  const auto before = world.producers();
  const std::int64_t updates = world.updates();
  std::uint64_t last = world.appended(kRealTable) + world.appended(kSyntheticTable);
  int without = 0;
  for (int round = 0; round < kRounds; ++round) {
    world.Round();
    ASSERT_EQ(world.Broken(), "") << "round " << round;
    const std::uint64_t now = world.appended(kRealTable) + world.appended(kSyntheticTable);
    without = now == last ? without + 1 : 0;
    ASSERT_LE(without, kRoundsWithoutMax) << "nobody can go on in round " << round;
    last = now;
  }
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_GT(world.producers()[i].appends, before[i].appends)
        << "producer " << i << " of '" << before[i].table << "' starved on shard "
        << world.producers()[i].shard;
  }
  EXPECT_GT(world.updates(), updates);
}

class PacerModelTest : public testing::TestWithParam<std::uint64_t> {};

TEST_P(PacerModelTest, BoundsHoldAtEveryEventAndEverybodyGoesOnAfterwards) {
  PacingWorld world(RandomOptions(GetParam(), false), GetParam());
  for (int event = 0; event < 6000; ++event) {
    world.Disturb();
    ASSERT_EQ(world.Broken(), "") << "seed=" << GetParam() << " event=" << event;
  }
  world.Heal();
  ExpectProgress(world);
}

TEST_P(PacerModelTest, BoundsHoldWhenTheLearnerComesBackFromOldCheckpoints) {
  PacingWorld world(RandomOptions(GetParam() + 1000, true), GetParam());
  for (int event = 0; event < 6000; ++event) {
    world.Disturb();
    ASSERT_EQ(world.Broken(), "") << "seed=" << GetParam() << " event=" << event;
  }
  world.Heal();
  ExpectProgress(world);
}

INSTANTIATE_TEST_SUITE_P(Seeds, PacerModelTest, testing::Range<std::uint64_t>(0, 40));

TEST(PacerWorldTest, AnUndisturbedClusterKeepsPaceWithFewOrders) {
  PacingWorld::Options options;
  options.pacer = {.updates_per_step = 1.0,
                   .learning_starts = 100,
                   .real_slack = 200,
                   .synthetic_per_real = 2.0,
                   .synthetic_slack = 400,
                   .real_append_rows_max = 1,
                   .synthetic_append_rows_max = 10};
  PacingWorld world(options, 5);
  world.Heal();
  for (int round = 0; round < 2000; ++round) world.Round();
  const auto rows = world.appended(kRealTable) + world.appended(kSyntheticTable);
  EXPECT_GT(world.appended(kRealTable), 5000U) << "three actors, a row a round";
  EXPECT_LT(static_cast<double>(world.orders_sent()), 0.25 * static_cast<double>(rows));
}

}  // namespace
}  // namespace dyna::learner
