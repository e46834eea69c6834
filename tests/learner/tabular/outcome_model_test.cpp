#include "learner/algorithms/tabular/outcome_model.hpp"

#include <gtest/gtest.h>

#include <map>
#include <tuple>

#include "common/core/error.hpp"
#include "common/core/rng.hpp"

namespace dyna::learner::tabular {
namespace {

using Memory = OutcomeModel::Memory;

Step RandomStep(Rng& rng) {
  return {.state = static_cast<std::int64_t>(rng.Below(4)),
          .action = static_cast<std::int64_t>(rng.Below(2)),
          .reward = rng.Uniform(),
          .next_state = static_cast<std::int64_t>(rng.Below(4)),
          .terminated = rng.Below(4) == 0};
}

TEST(OutcomeModelTest, LastForgetsTheEarlierOutcome) {
  OutcomeModel model(3, 2, Memory::kLast);
  model.Record({.state = 0, .action = 1, .reward = 1.0, .next_state = 1});
  model.Record({.state = 0, .action = 1, .reward = 2.0, .next_state = 2});
  ASSERT_EQ(model.outcomes(1).size(), 1U);
  EXPECT_EQ(model.outcomes(1)[0], (Outcome{2, false, 2.0, 1}));
  EXPECT_TRUE(model.predecessors(1).empty());
  EXPECT_EQ(model.predecessors(2), (std::set<std::int64_t>{1}));
  EXPECT_EQ(model.pairs_known(), 1);
}

TEST(OutcomeModelTest, ExpectedTargetWeighsOutcomesByTheirFrequency) {
  OutcomeModel model(3, 1, Memory::kCounts);
  QTable q(3, 1);
  q.set_values({0.0, 10.0, 20.0});
  model.Record({.state = 0, .action = 0, .reward = 1.0, .next_state = 1});
  model.Record({.state = 0, .action = 0, .reward = 3.0, .next_state = 1});
  model.Record({.state = 0, .action = 0, .reward = 4.0, .next_state = 2});
  model.Record({.state = 0, .action = 0, .reward = 8.0, .next_state = 2, .terminated = true});
  // 2/4 (2 + 0.5 * 10) + 1/4 (4 + 0.5 * 20) + 1/4 * 8, by hand.
  EXPECT_DOUBLE_EQ(model.ExpectedTarget(0, q, 0.5), 9.0);
}

TEST(OutcomeModelTest, TheEndOfAnEpisodeHasNoPredecessor) {
  OutcomeModel model(2, 1, Memory::kLast);
  model.Record({.state = 0, .action = 0, .reward = 1.0, .next_state = 1, .terminated = true});
  EXPECT_TRUE(model.predecessors(1).empty());
  model.Record({.state = 0, .action = 0, .reward = 1.0, .next_state = 1, .terminated = false});
  EXPECT_EQ(model.predecessors(1).count(0), 1U);
}

// Model-based: any number of steps must leave what a plain history of steps implies.
TEST(OutcomeModelTest, AgreesWithAPlainHistory) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    for (const Memory memory : {Memory::kLast, Memory::kCounts}) {
      SCOPED_TRACE(testing::Message()
                   << "seed=" << seed << " counts=" << (memory != Memory::kLast));
      Rng rng(seed, "history");
      OutcomeModel model(4, 2, memory);
      // pair -> (next state, terminated) -> (visits, sum of rewards)
      std::map<std::int64_t, std::map<std::pair<std::int64_t, bool>, std::pair<double, double>>>
          seen;
      for (int i = 0; i < 60; ++i) {
        const Step step = RandomStep(rng);
        model.Record(step);
        auto& of_pair = seen[step.state * 2 + step.action];
        if (memory == Memory::kLast) of_pair.clear();
        auto& [visits, reward] = of_pair[{step.next_state, step.terminated}];
        visits += 1.0;
        reward += step.reward;
      }
      std::map<std::int64_t, std::set<std::int64_t>> leads_to;
      for (const auto& [pair, outcomes] : seen) {
        ASSERT_EQ(model.outcomes(pair).size(), outcomes.size());
        for (const Outcome& outcome : model.outcomes(pair)) {
          const auto& [visits, reward] = outcomes.at({outcome.next_state, outcome.terminated});
          EXPECT_EQ(static_cast<double>(outcome.count), visits);
          EXPECT_NEAR(outcome.reward, reward / visits, 1e-12);
          if (!outcome.terminated) leads_to[outcome.next_state].insert(pair);
        }
      }
      for (std::int64_t state = 0; state < 4; ++state) {
        EXPECT_EQ(model.predecessors(state), leads_to[state]);
      }
      EXPECT_EQ(model.pairs_known(), static_cast<std::int64_t>(seen.size()));
    }
  }
}

TEST(OutcomeModelTest, LoadRestoresOutcomesAndPredecessors) {
  Rng rng(3, "load");
  OutcomeModel model(4, 2, Memory::kCounts);
  for (int i = 0; i < 50; ++i) model.Record(RandomStep(rng));
  StateDict saved;
  model.Save(saved);
  OutcomeModel loaded(4, 2, Memory::kCounts);
  loaded.Load(saved);
  for (std::int64_t pair = 0; pair < 8; ++pair) {
    ASSERT_EQ(loaded.outcomes(pair).size(), model.outcomes(pair).size());
    for (std::size_t i = 0; i < model.outcomes(pair).size(); ++i) {
      EXPECT_EQ(loaded.outcomes(pair)[i], model.outcomes(pair)[i]);
    }
  }
  for (std::int64_t s = 0; s < 4; ++s) EXPECT_EQ(loaded.predecessors(s), model.predecessors(s));
}

TEST(OutcomeModelTest, LoadRefusesWhatDoesNotFitAndKeepsTheModel) {
  OutcomeModel large(9, 2, Memory::kCounts);
  large.Record({.state = 8, .action = 0, .reward = 0.0, .next_state = 1});
  OutcomeModel twofold(4, 2, Memory::kCounts);
  twofold.Record({.state = 0, .action = 0, .reward = 0.0, .next_state = 1});
  twofold.Record({.state = 0, .action = 0, .reward = 0.0, .next_state = 2});
  OutcomeModel model(4, 2, Memory::kLast);
  model.Record({.state = 1, .action = 1, .reward = 7.0, .next_state = 2});
  for (const OutcomeModel* other : {&large, &twofold}) {
    StateDict saved;
    other->Save(saved);
    EXPECT_THROW(model.Load(saved), CheckpointError);
  }
  EXPECT_THROW(model.Load(StateDict()), CheckpointError);
  ASSERT_EQ(model.outcomes(3).size(), 1U);
  EXPECT_EQ(model.outcomes(3)[0], (Outcome{2, false, 7.0, 1}));
}

}  // namespace
}  // namespace dyna::learner::tabular
