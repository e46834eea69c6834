#include "actors/envs/time_limit.hpp"

#include <gtest/gtest.h>

#include <utility>

#include "common/core/error.hpp"
#include "tests/actors/envs/fake_environment.hpp"

namespace dyna::envs {
namespace {

TimeLimit Limited(std::int64_t limit, double terminate_at = -1.0) {
  auto fake = std::make_unique<FakeEnvironment>();
  fake->terminate_at = terminate_at;
  return {std::move(fake), limit};
}

StepResult Step(TimeLimit& environment) {
  Rng rng(0, "test");
  return environment.Step(std::vector{0.0}, rng);
}

TEST(TimeLimitTest, TerminationAtTheLimitIsNotTruncationToo) {
  TimeLimit environment = Limited(3, 3.0);
  Step(environment);
  Step(environment);
  const StepResult last = Step(environment);
  EXPECT_TRUE(last.terminated);
  EXPECT_FALSE(last.truncated);
}

TEST(TimeLimitTest, NoLimitNeverTruncates) {
  TimeLimit environment = Limited(0);
  for (int step = 0; step < 1000; ++step) ASSERT_FALSE(Step(environment).truncated);
}

TEST(TimeLimitTest, SettingTheStateLeavesTheCountAlone) {
  TimeLimit environment = Limited(2);
  Step(environment);
  environment.SetState(std::vector{0.0});
  EXPECT_TRUE(Step(environment).truncated);
}

// Model-based: a plain counter under random resets, steps and snapshots.
TEST(TimeLimitTest, AgreesWithAPlainCounter) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed=" << seed);
    Rng rng(seed, "operations");
    const auto limit = static_cast<std::int64_t>(1 + rng.Below(6));
    TimeLimit environment = Limited(limit);
    EXPECT_EQ(environment.spec().max_episode_steps, limit);
    std::int64_t model = 0;
    std::pair<std::vector<double>, std::int64_t> saved = {environment.Snapshot(), 0};
    for (int i = 0; i < 300; ++i) {
      switch (rng.Below(8)) {
        case 0:
          environment.Reset(rng);
          model = 0;
          break;
        case 1:
          saved = {environment.Snapshot(), model};
          break;
        case 2:
          environment.Restore(saved.first);
          model = saved.second;
          break;
        default:
          ++model;
          ASSERT_EQ(Step(environment).truncated, model >= limit);
      }
    }
  }
}

TEST(TimeLimitTest, ASnapshotWithAnImpossibleCountIsRefused) {
  TimeLimit environment = Limited(3);
  for (const double count : {-1.0, 0.5, 1e300}) {
    EXPECT_THROW(environment.Restore(std::vector{0.0, count}), CheckpointError) << count;
  }
}

}  // namespace
}  // namespace dyna::envs
