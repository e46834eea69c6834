#include "learner/algorithms/tabular/uniform_planner.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "tests/learner/tabular/worlds.hpp"

namespace dyna::learner::tabular {
namespace {

/// Dyna-Q and Dyna-Q+ written again from the book's boxes, with maps from (state, action) and
/// nothing shared but the random stream.
class PlainDyna {
 public:
  PlainDyna(const TabularOptions& options, int actions, std::uint64_t seed)
      : options_(options), actions_(actions), rng_(seed, "tabular_planning") {}

  void Step(int s, int a, double r, std::optional<int> next) {
    ++now_;
    Back(s, a, r, next);
    if (options_.method == Method::kDynaQPlus && !tried_.contains(s)) {
      for (int b = 0; b < actions_; ++b) {
        model_[{s, b}] = {0.0, s};
        order_.emplace_back(s, b);
      }
    }
    if (options_.method == Method::kDynaQ && !model_.contains({s, a})) order_.emplace_back(s, a);
    tried_[s] = true;
    model_[{s, a}] = {r, next};
    time_[{s, a}] = now_;
    for (int i = 0; i < options_.planning_steps; ++i) {
      const auto [ps, pa] = order_[rng_.Below(order_.size())];
      auto [reward, to] = model_[{ps, pa}];
      if (options_.method == Method::kDynaQPlus) {
        reward += options_.kappa * std::sqrt(now_ - time_[{ps, pa}]);
      }
      Back(ps, pa, reward, to);
    }
  }
  double q(int s, int a) { return q_[{s, a}]; }

 private:
  using Pair = std::pair<int, int>;
  void Back(int s, int a, double r, std::optional<int> next) {
    double best = next ? q_[{*next, 0}] : 0.0;
    for (int b = 1; next && b < actions_; ++b) best = std::max(best, q_[{*next, b}]);
    q_[{s, a}] += options_.alpha * (r + options_.gamma * best - q_[{s, a}]);
  }

  TabularOptions options_;
  int actions_;
  Rng rng_;
  double now_ = 0.0;
  std::map<Pair, double> q_;
  std::map<Pair, std::pair<double, std::optional<int>>> model_;
  std::map<Pair, double> time_;
  std::map<int, bool> tried_;
  std::vector<Pair> order_;
};

TEST(UniformPlannerTest, AgreesWithAPlainDynaOnARandomWalk) {
  for (const Method method : {Method::kDynaQ, Method::kDynaQPlus}) {
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
      SCOPED_TRACE(testing::Message() << "seed=" << seed << " plus=" << (method != Method::kDynaQ));
      const TabularOptions options{
          .method = method, .alpha = 0.3, .planning_steps = 7, .kappa = 0.01};
      const World maze = DynaMaze();
      UniformPlanner planner(options, 54, 4, seed);
      PlainDyna plain(options, 4, seed);
      QTable q(54, 4);
      Rng walk(seed, "walk");
      std::int64_t state = maze.start();
      for (int i = 0; i < 2000; ++i) {
        const Step step = maze.Sample(state, static_cast<std::int64_t>(walk.Below(4)), walk);
        q.MoveTowards(q.PairOf(step), q.Target(step, options.gamma), options.alpha);
        planner.Observe(step, q);
        EXPECT_EQ(planner.Plan(q), 7);
        const auto next = static_cast<int>(step.next_state);
        plain.Step(static_cast<int>(step.state), static_cast<int>(step.action), step.reward,
                   step.terminated ? std::nullopt : std::optional<int>(next));
        state = step.terminated ? maze.start() : step.next_state;
      }
      for (int s = 0; s < 54; ++s) {
        for (int a = 0; a < 4; ++a) ASSERT_NEAR(q.value(s * 4 + a), plain.q(s, a), 1e-12);
      }
    }
  }
}

TEST(UniformPlannerTest, DynaQNeverBacksUpAnUntriedPair) {
  UniformPlanner planner({.method = Method::kDynaQ, .alpha = 0.5, .planning_steps = 200}, 2, 2, 1);
  QTable q(2, 2);
  q.set_values({0.0, -8.0, 0.0, -8.0});
  planner.Observe({.state = 0, .action = 0, .reward = 1.0, .next_state = 1}, q);
  planner.Plan(q);
  EXPECT_NEAR(q.value(0), 1.0, 1e-9);
  EXPECT_EQ(q.value(1), -8.0);
  EXPECT_EQ(q.value(2), 0.0);
  EXPECT_EQ(q.value(3), -8.0);
}

// With gamma 0 the values settle on reward + bonus, which is known by hand.
TEST(UniformPlannerTest, DynaQPlusPaysForTheTimeSinceAPairWasTried) {
  UniformPlanner planner({.method = Method::kDynaQPlus,
                          .gamma = 0.0,
                          .alpha = 1.0,
                          .planning_steps = 200,
                          .kappa = 0.5},
                         3, 2, 1);
  QTable q(3, 2);
  planner.Observe({.state = 0, .action = 0, .reward = 1.0, .next_state = 1}, q);  // clock 1
  for (int i = 0; i < 9; ++i) {                                                   // clock 10
    planner.Observe({.state = 1, .action = 0, .reward = 2.0, .next_state = 1}, q);
  }
  planner.Plan(q);
  EXPECT_DOUBLE_EQ(q.value(0), 1.0 + 0.5 * 3.0);        // tried 9 steps ago
  EXPECT_DOUBLE_EQ(q.value(1), 0.5 * std::sqrt(10.0));  // never tried, state visited
  EXPECT_DOUBLE_EQ(q.value(2), 2.0);                    // tried just now
  EXPECT_DOUBLE_EQ(q.value(3), 0.5 * std::sqrt(10.0));
  EXPECT_EQ(q.value(4), 0.0);  // state never acted in
  EXPECT_EQ(q.value(5), 0.0);
}

TEST(UniformPlannerTest, PlanBeforeAnyStepDoesNothing) {
  UniformPlanner planner({}, 2, 2, 1);
  QTable q(2, 2);
  EXPECT_EQ(planner.Plan(q), 0);
}

}  // namespace
}  // namespace dyna::learner::tabular
