// The maze experiments of Sutton & Barto, chapter 8, in miniature.

#include <gtest/gtest.h>

#include <numeric>

#include "learner/algorithms/tabular/sweeping_planner.hpp"
#include "learner/algorithms/tabular/uniform_planner.hpp"
#include "tests/learner/tabular/experiment.hpp"

namespace dyna::learner::tabular {
namespace {

constexpr std::uint64_t kSeeds = 10;
constexpr std::int64_t kEpisodes = 30;

std::string Toml(const std::string& algorithm, const std::string& rest) {
  return "algorithm = '" + algorithm + "'\n" + rest;
}

/// Steps of each episode in the Dyna maze, averaged over the seeds (figure 8.2).
std::vector<double> LearningCurve(int planning_steps) {
  const World maze = DynaMaze();
  std::vector<double> mean(static_cast<std::size_t>(kEpisodes), 0.0);
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const auto learner = MakeLearner(
        Toml("dyna_q", "planning_steps = " + std::to_string(planning_steps)), maze, seed);
    Experiment experiment(*learner, 0.1, seed);
    for (double& steps : mean) {
      steps += static_cast<double>(experiment.Episode(maze, 100'000)) / kSeeds;
    }
  }
  return mean;
}

TEST(MazeTest, MorePlanningNeedsFewerStepsPerEpisode) {
  const auto none = LearningCurve(0);
  const auto five = LearningCurve(5);
  const auto fifty = LearningCurve(50);
  // The first episode is a random walk whatever the planning: nothing is known before the goal.
  EXPECT_EQ(none[0], five[0]);
  EXPECT_EQ(none[0], fifty[0]);
  const auto total = [](const std::vector<double>& curve) {
    return std::accumulate(curve.begin() + 1, curve.end(), 0.0);
  };
  EXPECT_GT(total(none), 2.0 * total(five));
  EXPECT_GT(total(five), 1.2 * total(fifty));
  // 14 steps are optimal; acting at random every tenth time costs about three more.
  for (std::size_t episode = 4; episode < fifty.size(); ++episode) {
    EXPECT_LT(fifty[episode], 21.0) << "episode " << episode + 1;
  }
  EXPECT_GT(none[4], 100.0);
}

/// Real steps, to the next 20, until the greedy path of the Dyna maze has 14 steps; -1 if not
/// within 20,000.
std::int64_t StepsToOptimal(Algorithm& learner, std::uint64_t seed) {
  const World maze = DynaMaze();
  Experiment experiment(learner, 0.1, seed);
  for (std::int64_t step = 1; step <= 20'000; ++step) {
    experiment.Step(maze);
    if (step % 20 == 0 && maze.GreedySteps(TableOf(learner)) == 14) return step;
  }
  return -1;
}

void ExpectOptimalOnEverySeed(const std::string& toml) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const auto learner = MakeLearner(toml, DynaMaze(), seed);
    EXPECT_GT(StepsToOptimal(*learner, seed), 0) << "seed=" << seed << '\n' << toml;
  }
}

TEST(MazeTest, TheFourteenStepPathIsFoundOnEverySeed) {
  ExpectOptimalOnEverySeed(Toml("dyna_q", "planning_steps = 50"));
  ExpectOptimalOnEverySeed(Toml("dyna_q_plus", "planning_steps = 50\nalpha = 1.0\nkappa = 1e-3"));
}

// While it explores, too: backups until the greedy path is optimal, each learner on its own walk.
TEST(MazeTest, PrioritizedSweepingNeedsFewerBackupsThanUniformPlanning) {
  double swept = 0.0;
  double uniform = 0.0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed=" << seed);
    const auto backups = [&](const std::string& algorithm) {
      const auto learner = MakeLearner(Toml(algorithm, "alpha = 1.0"), DynaMaze(), seed);
      EXPECT_GT(StepsToOptimal(*learner, seed), 0);
      return LossOf(*learner, "planning_updates");
    };
    swept += backups("prioritized_sweeping");
    uniform += backups("dyna_q");
  }
  EXPECT_LT(swept * 5.0, uniform);
}

/// Backups until the greedy path is optimal when the whole Dyna maze is known from the start.
std::int64_t BackupsWithTheWholeModel(Planner& planner) {
  const World maze = DynaMaze();
  QTable q(54, 4);
  Rng unused(0, "unused");
  for (std::int64_t pair = 0; pair < q.pairs(); ++pair) {
    planner.Observe(maze.Sample(pair / 4, pair % 4, unused), q);
  }
  std::int64_t backups = 0;
  for (int i = 0; i < 100'000; ++i) {
    if (maze.GreedySteps(q.values()) == 14) return backups;
    backups += planner.Plan(q);
  }
  ADD_FAILURE() << "no optimal path after " << backups << " backups";
  return backups;
}

// Without exploration in the way: where the backups go is all that differs.
TEST(MazeTest, PrioritizedSweepingNeedsFewerBackupsWithTheSameKnowledge) {
  SweepingPlanner sweeping(
      {.method = Method::kPrioritizedSweeping, .alpha = 1.0, .planning_steps = 1}, 54, 4);
  const auto swept = BackupsWithTheWholeModel(sweeping);
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    UniformPlanner planner({.method = Method::kDynaQ, .alpha = 1.0, .planning_steps = 1}, 54, 4,
                           seed);
    const auto uniform = BackupsWithTheWholeModel(planner);
    EXPECT_LT(swept * 4, uniform) << "seed=" << seed << " swept=" << swept;
  }
}

/// Rewards before and after a maze changes, summed over the seeds (figures 8.4 and 8.5).
struct Rewards {
  double before = 0.0;
  double after = 0.0;
};

Rewards Change(const std::string& algorithm, const World& before, const World& after,
               int steps_each_way) {
  Rewards rewards;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const auto learner = MakeLearner(
        Toml(algorithm, "alpha = 1.0\nplanning_steps = 50\nkappa = 1e-3"), before, seed);
    Experiment experiment(*learner, 0.1, seed);
    for (int i = 0; i < steps_each_way; ++i) experiment.Step(before);
    rewards.before += experiment.reward_sum();
    for (int i = 0; i < steps_each_way; ++i) experiment.Step(after);
    rewards.after += experiment.reward_sum();
  }
  rewards.after -= rewards.before;
  return rewards;
}

// The old path has 16 steps, the shortcut 10: who finds it earns up to 1.6 times as much.
TEST(MazeTest, DynaQPlusFindsTheShortcutThatDynaQMisses) {
  const auto plain = Change("dyna_q", ShortcutMaze(false), ShortcutMaze(true), 3000);
  const auto plus = Change("dyna_q_plus", ShortcutMaze(false), ShortcutMaze(true), 3000);
  EXPECT_GT(plus.before, plain.before);
  EXPECT_GT(plus.after, 1.2 * plain.after);
}

TEST(MazeTest, DynaQPlusFindsTheWayAroundABlockSooner) {
  const auto plain = Change("dyna_q", BlockingMaze(false), BlockingMaze(true), 1000);
  const auto plus = Change("dyna_q_plus", BlockingMaze(false), BlockingMaze(true), 1000);
  EXPECT_GT(plus.before, plain.before);
  EXPECT_GT(plus.after, 1.5 * plain.after);
}

}  // namespace
}  // namespace dyna::learner::tabular
