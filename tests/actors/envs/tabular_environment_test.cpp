#include "actors/envs/tabular/tabular_environment.hpp"

#include <gtest/gtest.h>

#include <array>
#include <utility>

#include "actors/envs/tabular/blocking_maze.hpp"
#include "actors/envs/tabular/shortcut_maze.hpp"
#include "common/core/error.hpp"
#include "tests/actors/envs/test_support.hpp"

namespace dyna::envs {
namespace {

constexpr double kUp = 0.0;
constexpr double kDown = 1.0;

/// Two states; the only action goes to the other one, paying `reward`.
TabularWorld Swap(double reward) {
  TabularWorld world(2, 1);
  world.Add(0, 0, {.next_state = 1, .reward = reward});
  world.Add(1, 0, {.next_state = 0, .reward = reward});
  return world;
}

StepResult Step(Environment& environment, double action = 0.0) {
  Rng rng(0, "test");
  return environment.Step(std::vector{action}, rng);
}

// Model-based: a pair of integers under random steps, resets, states and snapshots.
TEST(TabularEnvironmentTest, TheWorldChangesAtItsStepAcrossEpisodes) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed=" << seed);
    Rng rng(seed, "operations");
    const auto change = static_cast<std::int64_t>(rng.Below(60));
    TabularEnvironment environment({.name = "Swap"}, Swap(1.0), {1},
                                   TabularEnvironment::Change{Swap(2.0), change});
    std::array<std::int64_t, 2> model = {1, 0};  // state, steps
    auto saved = std::pair(environment.Snapshot(), model);
    for (int i = 0; i < 200; ++i) {
      const auto operation = rng.Below(10);
      if (operation == 0) {
        environment.Reset(rng);
        model[0] = 1;
      } else if (operation == 1) {
        environment.SetState(std::vector{0.0});
        model[0] = 0;
      } else if (operation == 2) {
        saved = {environment.Snapshot(), model};
      } else if (operation == 3) {
        environment.Restore(saved.first);
        model = saved.second;
      } else {
        const double reward = model[1] < change ? 1.0 : 2.0;
        ASSERT_EQ(environment.Transitions(0, 0)[0].reward, reward);
        ASSERT_EQ(Step(environment).reward, reward);
        model = {1 - model[0], model[1] + 1};
      }
      ASSERT_EQ(Observation(environment)[0], static_cast<double>(model[0]));
    }
  }
}

TEST(TabularEnvironmentTest, OutcomesComeWithTheirProbabilities) {
  TabularWorld world(3, 1);
  for (std::int64_t state = 0; state < 3; ++state) {
    world.Add(state, 0, {.probability = 0.5, .next_state = 0});
    world.Add(state, 0, {.probability = 0.2, .next_state = 1});
    world.Add(state, 0, {.probability = 0.3, .next_state = 2});
  }
  TabularEnvironment environment({.name = "Dice"}, std::move(world), {0});
  Rng rng(5, "dice");
  std::array<int, 3> counts = {};
  constexpr int kDraws = 100000;
  for (int i = 0; i < kDraws; ++i) {
    environment.Step(std::vector{0.0}, rng);
    ++counts[static_cast<std::size_t>(Observation(environment)[0])];
  }
  // Five standard deviations of a binomial share are below 0.008.
  EXPECT_NEAR(counts[0] / double{kDraws}, 0.5, 0.008);
  EXPECT_NEAR(counts[1] / double{kDraws}, 0.2, 0.008);
  EXPECT_NEAR(counts[2] / double{kDraws}, 0.3, 0.008);
}

TEST(TabularEnvironmentTest, EqualOutcomesAreMerged) {
  TabularWorld world(1, 1);
  world.Add(0, 0, {.probability = 0.25, .next_state = 0, .reward = 1.0});
  world.Add(0, 0, {.probability = 0.25, .next_state = 0, .reward = 1.0});
  world.Add(0, 0, {.probability = 0.5, .next_state = 0, .reward = 2.0});
  ASSERT_EQ(world.Outcomes(0, 0).size(), 2U);
  EXPECT_EQ(world.Outcomes(0, 0)[0].probability, 0.5);
}

TEST(TabularEnvironmentTest, OnlyIndicesOfFreeStatesCanBeSet) {
  const auto maze = MakeNamed("DynaMaze");
  for (const double state : {7.0, 11.0, -1.0, 54.0, 0.5, 1e300}) {
    EXPECT_THROW(maze->SetState(std::vector{state}), EnvironmentError) << state;
  }
  EXPECT_NO_THROW(maze->SetState(std::vector{10.0}));
}

TEST(TabularEnvironmentTest, TheGoalOfAMazePaysOnce) {
  const auto maze = MakeNamed("DynaMaze");
  maze->SetState(std::vector{17.0});
  const StepResult arrival = Step(*maze, kUp);
  EXPECT_EQ(arrival.reward, 1.0);
  EXPECT_TRUE(arrival.terminated);
  const StepResult after = Step(*maze, kDown);
  EXPECT_EQ(after.reward, 0.0);
  EXPECT_TRUE(after.terminated);
  EXPECT_EQ(Observation(*maze)[0], 8.0);
}

// Cell 35 is the passage at the right end of row 3, which closes; 34 is below row 3's cell 26.
TEST(TabularEnvironmentTest, AnAgentWalledInWalksOut) {
  const auto maze = MakeNamed("BlockingMaze", {"env.change_step=2"});
  maze->SetState(std::vector{44.0});
  Step(*maze, kUp);  // step 0, before the change
  Step(*maze, 3.0);  // step 1: bumps into the border, stands in the passage
  EXPECT_EQ(Observation(*maze)[0], 35.0);
  EXPECT_NO_THROW(maze->SetState(std::vector{35.0}));
  Step(*maze, kDown);  // step 2: the passage is a wall now, the way out is free
  EXPECT_EQ(Observation(*maze)[0], 44.0);
  Step(*maze, kUp);
  EXPECT_EQ(Observation(*maze)[0], 44.0);
}

TEST(TabularEnvironmentTest, ACellThatIsYetToOpenCannotBeSet) {
  const auto maze = MakeNamed("ShortcutMaze", {"env.change_step=1"});
  EXPECT_THROW(maze->SetState(std::vector{35.0}), EnvironmentError);
  Step(*maze);
  EXPECT_NO_THROW(maze->SetState(std::vector{35.0}));
}

TEST(TabularEnvironmentTest, MazesChangeWhenTheBookSays) {
  Config config;
  for (const auto& [maze, change] : {std::pair(MakeBlockingMaze(config).release(), 1000),
                                     std::pair(MakeShortcutMaze(config).release(), 3000)}) {
    const std::unique_ptr<TabularEnvironment> owner(maze);
    maze->Restore(std::vector{48.0, double(change) - 1.0});
    const auto before = maze->Transitions(44, 0);
    Step(*maze);
    EXPECT_NE(maze->Transitions(44, 0), before) << maze->spec().name;
  }
}

}  // namespace
}  // namespace dyna::envs
