#include "learner/algorithms/tabular/sweeping_planner.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "tests/learner/tabular/worlds.hpp"

namespace dyna::learner::tabular {
namespace {

TabularOptions Sweeping(double alpha, std::int64_t planning_steps, double theta) {
  return {.method = Method::kPrioritizedSweeping,
          .alpha = alpha,
          .planning_steps = planning_steps,
          .theta = theta};
}

TEST(SweepingPlannerTest, OneRewardSweepsBackThroughTheWholeChain) {
  const World chain = Chain();
  SweepingPlanner planner(Sweeping(1.0, 100, 0.0), 6, 2);
  QTable q(6, 2);
  Rng rng(0, "unused");
  for (std::int64_t state = 0; state < 6; ++state) {
    EXPECT_EQ(planner.Plan(q), 0);  // nothing to gain before the reward is seen
    planner.Observe(chain.Sample(state, 1, rng), q);
  }
  EXPECT_EQ(planner.Plan(q), 6);  // one backup a state, none wasted
  for (std::int64_t state = 0; state < 6; ++state) {
    EXPECT_DOUBLE_EQ(q.value(state * 2 + 1), std::pow(0.95, 5.0 - static_cast<double>(state)));
  }
}

TEST(SweepingPlannerTest, ErrorsUpToThetaAreNotWorthABackup) {
  SweepingPlanner planner(Sweeping(1.0, 10, 0.5), 2, 1);
  QTable q(2, 1);
  planner.Observe({.state = 0, .action = 0, .reward = 0.5, .next_state = 1, .terminated = true}, q);
  EXPECT_EQ(planner.Plan(q), 0);
  planner.Observe({.state = 0, .action = 0, .reward = 0.6, .next_state = 1, .terminated = true}, q);
  EXPECT_EQ(planner.Plan(q), 1);
  EXPECT_DOUBLE_EQ(q.value(0), 0.6);
}

TEST(SweepingPlannerTest, TheGreatestErrorGoesFirstAndTiesGoToTheLowerPair) {
  SweepingPlanner planner(Sweeping(1.0, 1, 0.0), 4, 1);
  QTable q(4, 1);
  for (const auto& [state, reward] :
       std::map<std::int64_t, double>{{0, 1.0}, {1, -3.0}, {2, 3.0}}) {
    planner.Observe(
        {.state = state, .action = 0, .reward = reward, .next_state = 3, .terminated = true}, q);
  }
  const auto zeros = [&] { return std::count(q.values().begin(), q.values().end(), 0.0); };
  planner.Plan(q);
  EXPECT_EQ(q.value(1), -3.0);
  EXPECT_EQ(zeros(), 3);
  planner.Plan(q);
  EXPECT_EQ(q.value(2), 3.0);
  EXPECT_EQ(zeros(), 2);
}

TEST(SweepingPlannerTest, AQueuedPairKeepsTheGreaterPriority) {
  SweepingPlanner planner(Sweeping(1.0, 1, 0.0), 3, 1);
  QTable q(3, 1);
  Step shrinking{.state = 0, .action = 0, .reward = 3.0, .next_state = 2, .terminated = true};
  planner.Observe(shrinking, q);
  planner.Observe({.state = 1, .action = 0, .reward = 2.0, .next_state = 2, .terminated = true}, q);
  shrinking.reward = 1.0;  // the model now says 1, the queue still 3
  planner.Observe(shrinking, q);
  planner.Plan(q);
  EXPECT_EQ(q.values(), (std::vector<double>{1.0, 0.0, 0.0}));
}

// The same sweeps with a priority per pair, found by looking through all of them, and the
// predecessors found by looking through the whole model.
class PlainSweeping {
 public:
  PlainSweeping(const TabularOptions& options, const World& world)
      : options_(options), world_(world) {}

  void Step(const tabular::Step& step) {
    tried_[{step.state, step.action}] = true;
    Consider(step.state, step.action);
    for (std::int64_t i = 0; i < options_.planning_steps; ++i) {
      auto best = queue_.begin();
      for (auto it = queue_.begin(); it != queue_.end(); ++it) {
        if (it->second > best->second) best = it;
      }
      if (best == queue_.end()) return;
      const auto [s, a] = best->first;
      queue_.erase(best);
      q[{s, a}] += options_.alpha * (Target(s, a) - q[{s, a}]);
      for (const auto& [pair, unused] : tried_) {
        const auto& branch = world_.branches(pair.first, pair.second)[0];
        if (!branch.terminated && branch.next_state == s) Consider(pair.first, pair.second);
      }
    }
  }
  std::map<std::pair<std::int64_t, std::int64_t>, double> q;

 private:
  double Target(std::int64_t s, std::int64_t a) {
    const auto& branch = world_.branches(s, a)[0];
    if (branch.terminated) return branch.reward;
    double best = q[{branch.next_state, 0}];
    for (int b = 1; b < 4; ++b) best = std::max(best, q[{branch.next_state, b}]);
    return branch.reward + options_.gamma * best;
  }
  void Consider(std::int64_t s, std::int64_t a) {
    const double error = std::abs(Target(s, a) - q[{s, a}]);
    if (error > options_.theta) queue_[{s, a}] = std::max(queue_[{s, a}], error);
  }

  TabularOptions options_;
  const World& world_;
  std::map<std::pair<std::int64_t, std::int64_t>, bool> tried_;
  std::map<std::pair<std::int64_t, std::int64_t>, double> queue_;
};

TEST(SweepingPlannerTest, AgreesWithAPlainSweepOnARandomWalk) {
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed=" << seed);
    const World maze = DynaMaze();
    const TabularOptions options = Sweeping(0.5, 6, 1e-4);
    SweepingPlanner planner(options, 54, 4);
    PlainSweeping plain(options, maze);
    QTable q(54, 4);
    Rng walk(seed, "walk");
    std::int64_t state = maze.start();
    for (int i = 0; i < 3000; ++i) {
      const Step step = maze.Sample(state, static_cast<std::int64_t>(walk.Below(4)), walk);
      planner.Observe(step, q);
      planner.Plan(q);
      plain.Step(step);
      state = step.terminated ? maze.start() : step.next_state;
    }
    EXPECT_GE(*std::max_element(q.values().begin(), q.values().end()), 0.5);  // goal was found
    for (std::int64_t s = 0; s < 54; ++s) {
      for (std::int64_t a = 0; a < 4; ++a) {
        ASSERT_NEAR(q.value(s * 4 + a), (plain.q[{s, a}]), 1e-12);
      }
    }
  }
}

}  // namespace
}  // namespace dyna::learner::tabular
