// Optimal values of the tabular environments against published numbers: one wrong transition
// anywhere near the optimal path moves them.
#include "tests/actors/envs/value_iteration.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "actors/envs/tabular/blocking_maze.hpp"
#include "actors/envs/tabular/cliff_walking.hpp"
#include "actors/envs/tabular/dyna_maze.hpp"
#include "actors/envs/tabular/frozen_lake.hpp"
#include "actors/envs/tabular/shortcut_maze.hpp"
#include "actors/envs/tabular/taxi.hpp"
#include "tests/actors/envs/golden_table.hpp"

namespace dyna::envs {
namespace {

Config With(const std::string& setting) {
  Config config;
  if (!setting.empty()) config.Set(setting);
  return config;
}

void ExpectGoldenValues(const TabularEnvironment& lake, const std::string& file) {
  const GoldenTable golden = GoldenTable::Load(file);
  const auto values = OptimalValues(lake, 0.99);
  const auto q = OptimalActionValues(lake, 0.99);
  ASSERT_EQ(golden.rows.size(), values.size());
  for (std::size_t s = 0; s < values.size(); ++s) {
    EXPECT_NEAR(values[s], golden.At(s, "Vstar_gamma0.99"), 1e-11) << "state " << s;
    const auto golden_q = golden.Pick(s, {"Q0", "Q1", "Q2", "Q3"});
    for (std::size_t a = 0; a < 4; ++a) {
      EXPECT_NEAR(q[s * 4 + a], golden_q[a], 1e-11) << "state " << s << ", action " << a;
    }
  }
}

TEST(ValueIterationTest, FrozenLakeHasTheGoldenOptimalValues) {
  Config slippery;
  ExpectGoldenValues(*MakeFrozenLake(slippery), "frozenlake_4x4_slippery_vstar.csv");
  Config firm = With("env.slippery=false");
  ExpectGoldenValues(*MakeFrozenLake(firm), "frozenlake_4x4_deterministic_vstar.csv");
}

TEST(ValueIterationTest, FrozenLakeStartIsWorthThePublishedValues) {
  Config small;
  const auto lake = MakeFrozenLake(small);
  EXPECT_NEAR(OptimalValues(*lake, 0.99)[0], 0.5420259319987997, 1e-11);
  EXPECT_NEAR(OptimalValues(*lake, 0.95)[0], 0.18047157839609157, 1e-11);
  Config large;
  const auto lake8 = MakeFrozenLake8x8(large);
  EXPECT_NEAR(OptimalValues(*lake8, 0.99)[0], 0.41464036179872477, 1e-11);
  EXPECT_NEAR(OptimalValues(*lake8, 0.95)[0], 0.048250204080623166, 1e-11);
}

TEST(ValueIterationTest, FrozenLakeSuccessWithinTheTimeLimitIsThePublishedChance) {
  Config config;
  const auto lake = MakeFrozenLake(config);
  EXPECT_NEAR(HorizonValues(*lake, 100, Policy::kUniform)[0], 0.013939795959171436, 1e-12);
  EXPECT_NEAR(HorizonValues(*lake, 100, Policy::kOptimal)[0], 0.7441902878292659, 1e-12);
  const auto lake8 = MakeFrozenLake8x8(config);
  EXPECT_NEAR(HorizonValues(*lake8, 200, Policy::kUniform)[0], 0.0019013954948230382, 1e-12);
  EXPECT_NEAR(HorizonValues(*lake8, 200, Policy::kOptimal)[0], 0.9132201502016195, 1e-12);
}

TEST(ValueIterationTest, TheLargeMapIsTheSameLakeUnderEitherName) {
  Config config = With("env.map=8x8");
  const auto by_map = MakeFrozenLake(config);
  const auto by_name = MakeFrozenLake8x8(config);
  for (std::int64_t s = 0; s < by_name->states(); ++s) {
    for (std::int64_t a = 0; a < 4; ++a) {
      EXPECT_EQ(by_map->Transitions(s, a), by_name->Transitions(s, a));
    }
  }
  EXPECT_EQ(by_map->spec().max_episode_steps, 200);
}

TEST(ValueIterationTest, CliffWalkingIsBestWalkedAlongTheEdge) {
  Config config;
  const auto cliff = MakeCliffWalkingV0(config);
  EXPECT_NEAR(OptimalValues(*cliff, 0.99)[36], -12.247897700103202, 1e-11);
  EXPECT_EQ(HorizonValues(*cliff, 100, Policy::kOptimal)[36], -13.0);
}

TEST(ValueIterationTest, TaxiHasThePublishedReturns) {
  Config config;
  const auto taxi = MakeTaxi(config);
  EXPECT_EQ(taxi->starts().size(), 300U);
  const auto best = HorizonValues(*taxi, 200, Policy::kOptimal);
  EXPECT_NEAR(MeanOverStarts(*taxi, best), 7.93, 1e-9);
  double low = 1e9;
  double high = -1e9;
  for (const auto start : taxi->starts()) {
    low = std::min(low, best[static_cast<std::size_t>(start)]);
    high = std::max(high, best[static_cast<std::size_t>(start)]);
  }
  EXPECT_EQ(low, 3.0);
  EXPECT_EQ(high, 15.0);
  EXPECT_NEAR(MeanOverStarts(*taxi, OptimalValues(*taxi, 0.99)), 6.327464314919367, 1e-10);
  EXPECT_NEAR(MeanOverStarts(*taxi, HorizonValues(*taxi, 200, Policy::kUniform)),
              -771.0909994496636, 1e-8);
}

TEST(ValueIterationTest, MazesHaveTheBooksShortestPaths) {
  Config now = With("env.change_step=0");
  Config never = With("env.change_step=1000000");
  EXPECT_EQ(ShortestPathSteps(*MakeDynaMaze(now)), 14);
  EXPECT_EQ(ShortestPathSteps(*MakeBlockingMaze(never)), 10);
  EXPECT_EQ(ShortestPathSteps(*MakeBlockingMaze(now)), 16);
  EXPECT_EQ(ShortestPathSteps(*MakeShortcutMaze(never)), 16);
  EXPECT_EQ(ShortestPathSteps(*MakeShortcutMaze(now)), 10);
}

}  // namespace
}  // namespace dyna::envs
