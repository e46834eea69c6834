#include "learner/algorithms/tabular/tabular_agent.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "common/core/error.hpp"
#include "tests/learner/tabular/experiment.hpp"
#include "tests/learner/tabular/queue_source.hpp"

namespace dyna::learner::tabular {
namespace {

TEST(TabularAgentTest, QLearningStepsMatchTheRuleByHand) {
  TabularAgent agent({.method = Method::kQLearning, .gamma = 0.9, .alpha = 0.5}, 3, 2, 0);
  QueueSource source;
  source.Push({.state = 1, .action = 0, .reward = 4.0, .next_state = 2, .terminated = true});
  ASSERT_TRUE(agent.Update(source).ok());
  EXPECT_EQ(TableOf(agent), (std::vector<double>{0, 0, 2, 0, 0, 0}));  // 0.5 * 4
  EXPECT_DOUBLE_EQ(LossOf(agent, "critic_loss"), 16.0);
  source.Push({.state = 0, .action = 1, .reward = 1.0, .next_state = 1});
  ASSERT_TRUE(agent.Update(source).ok());
  EXPECT_EQ(TableOf(agent), (std::vector<double>{0, 1.4, 2, 0, 0, 0}));  // 0.5 (1 + 0.9 * 2)
  EXPECT_DOUBLE_EQ(LossOf(agent, "planning_updates"), 0.0);
  EXPECT_DOUBLE_EQ(LossOf(agent, "real_steps"), 2.0);
}

TEST(TabularAgentTest, ATimeLimitKeepsTheBootstrap) {
  TabularAgent agent({.method = Method::kQLearning, .gamma = 0.5, .alpha = 1.0}, 2, 1, 0);
  QueueSource source;
  source.Push({.state = 1, .action = 0, .reward = 8.0, .next_state = 1, .terminated = true});
  source.Push({.state = 0, .action = 0, .reward = 1.0, .next_state = 1}, /*truncated=*/true);
  ASSERT_TRUE(agent.Update(source).ok());
  EXPECT_EQ(TableOf(agent), (std::vector<double>{5.0, 8.0}));
}

TEST(TabularAgentTest, RowsOfOneUpdateAreLearnedInOrderAsIfReadOneByOne) {
  for (const std::string& name : TabularAlgorithms()) {
    SCOPED_TRACE(name);
    const World maze = DynaMaze();
    const auto together = MakeLearner("algorithm = '" + name + "'", maze, 5);
    const auto single = MakeLearner("algorithm = '" + name + "'", maze, 5);
    QueueSource all;
    Rng walk(5, "walk");
    std::int64_t state = maze.start();
    for (int i = 0; i < 500; ++i) {
      const Step step = maze.Sample(state, static_cast<std::int64_t>(walk.Below(4)), walk);
      all.Push(step);
      QueueSource one;
      one.Push(step);
      ASSERT_TRUE(single->Update(one).ok());
      state = step.terminated ? maze.start() : step.next_state;
    }
    ASSERT_TRUE(together->Update(all).ok());
    EXPECT_EQ(TableOf(*together), TableOf(*single));
  }
}

TEST(TabularAgentTest, AnErrorOrNoRowsOrABadRowChangesNothing) {
  TabularAgent agent({}, 3, 2, 0);
  QueueSource source;
  source.Push({.state = 0, .action = 0, .reward = 1.0, .next_state = 1});
  ASSERT_TRUE(agent.Update(source).ok());
  StateDict before;
  agent.Save(before);

  source.FailOnce({ErrorCode::kBackpressure, "wait"});
  const auto waiting = agent.Update(source);
  ASSERT_FALSE(waiting.ok());
  EXPECT_EQ(waiting.error().code, ErrorCode::kBackpressure);
  EXPECT_TRUE(agent.Update(source).ok());
  for (const float bad : {3.0F, -1.0F, 0.5F, std::nanf("")}) {
    source.Push({.state = 0, .action = 0, .reward = 1.0, .next_state = 1});
    auto rows = TransitionBatch::Zeros(2, {1, 1});
    rows.next_obs(1, 0) = bad;
    source.PushRaw(rows);
    const auto refused = agent.Update(source);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, ErrorCode::kMalformed);
  }
  source.PushRaw(TransitionBatch::Zeros(1, {2, 1}));
  EXPECT_FALSE(agent.Update(source).ok());

  StateDict after;
  agent.Save(after);
  EXPECT_EQ(after, before);
}

TEST(TabularAgentTest, AResumedRunIsTheUninterruptedOneBitForBit) {
  for (const std::string& name : TabularAlgorithms()) {
    for (const char* model : {"last", "counts"}) {
      SCOPED_TRACE(name + " " + model);
      const std::string toml =
          "algorithm = '" + name + "'\nmodel = '" + model + "'\nalpha = 0.3\nkappa = 0.01";
      const World lake = SlipperyLake();
      const auto whole = MakeLearner(toml, lake, 7);
      Rng walk(7, "walk");
      std::int64_t state = lake.start();
      const auto advance = [&](Algorithm& learner) {
        QueueSource source;
        const Step step = lake.Sample(state, static_cast<std::int64_t>(walk.Below(4)), walk);
        source.Push(step);
        ASSERT_TRUE(learner.Update(source).ok());
        state = step.terminated ? lake.start() : step.next_state;
      };
      for (int i = 0; i < 1500; ++i) advance(*whole);
      StateDict checkpoint;
      whole->Save(checkpoint);
      const auto resumed = MakeLearner(toml, lake, 999);  // the seed must not matter any more
      resumed->Load(checkpoint);
      const auto walk_state = walk.state();
      const std::int64_t state_then = state;
      for (int i = 0; i < 500; ++i) advance(*whole);
      walk.set_state(walk_state);
      state = state_then;
      for (int i = 0; i < 500; ++i) advance(*resumed);
      StateDict a;
      StateDict b;
      whole->Save(a);
      resumed->Save(b);
      EXPECT_EQ(a, b);
      EXPECT_EQ(whole->LastLosses(), resumed->LastLosses());
    }
  }
}

TEST(TabularAgentTest, LoadRefusesAnotherAlgorithmOrTableAndKeepsWhatItHas) {
  const World maze = DynaMaze();
  const auto agent = MakeLearner("algorithm = 'dyna_q'", maze, 1);
  Experiment experiment(*agent, 0.1, 1);
  for (int i = 0; i < 50; ++i) experiment.Step(maze);
  StateDict before;
  agent->Save(before);
  StateDict other;
  MakeLearner("algorithm = 'dyna_q_plus'", maze, 1)->Save(other);
  EXPECT_THROW(agent->Load(other), CheckpointError);
  StateDict chain;
  MakeLearner("algorithm = 'dyna_q'", Chain(), 1)->Save(chain);
  EXPECT_THROW(agent->Load(chain), CheckpointError);
  for (const auto& [name, array] : before.arrays()) {
    StateDict torn;
    for (const auto& [kept, value] : before.arrays()) {
      if (kept != name) torn.PutRaw(kept, value);
    }
    EXPECT_THROW(agent->Load(torn), CheckpointError) << name;
  }
  StateDict after;
  agent->Save(after);
  EXPECT_EQ(after, before);
}

TEST(TabularAgentTest, EveryAlgorithmConvergesToTheValuesOfTheChain) {
  const World chain = Chain();
  const auto optimal = chain.OptimalValues(0.95);
  for (const char* name : {"q_learning", "dyna_q", "prioritized_sweeping"}) {
    SCOPED_TRACE(name);
    const auto learner =
        MakeLearner(std::string("alpha = 0.5\ntheta = 0.0\nalgorithm = '") + name + "'", chain, 2);
    Experiment experiment(*learner, 0.5, 2);
    for (int i = 0; i < 4000; ++i) experiment.Step(chain);
    const auto learned = TableOf(*learner);
    for (std::size_t i = 0; i < optimal.size(); ++i) EXPECT_NEAR(learned[i], optimal[i], 1e-6) << i;
  }
}

// In a slippery world a model of the last outcome plans with luck; one of frequencies does not.
TEST(TabularAgentTest, CountsLearnAStochasticWorldThatTheLastOutcomeCannot) {
  const World lake = SlipperyLake();
  const auto optimal = lake.OptimalValues(0.95);
  const auto error = [&](const std::string& model) {
    const auto learner = MakeLearner(
        "algorithm = 'dyna_q'\nalpha = 0.05\nplanning_steps = 20\nmodel = '" + model + "'", lake,
        4);
    Experiment experiment(*learner, 1.0, 4);
    for (int i = 0; i < 20000; ++i) experiment.Step(lake);
    const auto learned = TableOf(*learner);
    double sum = 0.0;
    for (std::size_t i = 0; i < optimal.size(); ++i) sum += std::abs(learned[i] - optimal[i]);
    return sum / static_cast<double>(optimal.size());
  };
  EXPECT_LT(error("counts"), 0.06);
  EXPECT_GT(error("last"), 0.15);
}

}  // namespace
}  // namespace dyna::learner::tabular
