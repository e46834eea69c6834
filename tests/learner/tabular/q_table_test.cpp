#include "learner/algorithms/tabular/q_table.hpp"

#include <gtest/gtest.h>

namespace dyna::learner::tabular {
namespace {

QTable TwoByThree() {
  QTable q(2, 3);
  q.set_values({1.0, 5.0, 2.0, -1.0, -2.0, -3.0});
  return q;
}

TEST(QTableTest, TargetBootstrapsFromTheBestNextAction) {
  const QTable q = TwoByThree();
  EXPECT_DOUBLE_EQ(q.Target({.state = 1, .action = 0, .reward = 0.5, .next_state = 0}, 0.9), 5.0);
  EXPECT_DOUBLE_EQ(q.Target({.state = 0, .action = 0, .reward = 0.5, .next_state = 1}, 0.9), -0.4);
}

TEST(QTableTest, TargetOfATerminatedStepIsItsReward) {
  const Step step{.state = 1, .action = 0, .reward = 0.5, .next_state = 0, .terminated = true};
  EXPECT_DOUBLE_EQ(TwoByThree().Target(step, 0.9), 0.5);
}

TEST(QTableTest, MoveTowardsGoesTheFractionAlphaOfTheWay) {
  QTable q = TwoByThree();
  q.MoveTowards(1, 9.0, 0.25);
  EXPECT_EQ(q.values(), (std::vector<double>{1.0, 6.0, 2.0, -1.0, -2.0, -3.0}));
}

TEST(QTableTest, PolicyWeightsHoldOneColumnPerState) {
  const auto weights = TwoByThree().ToPolicyWeights();
  EXPECT_EQ(weights.kind, nn::PolicyWeights::Kind::kQTable);
  ASSERT_EQ(weights.layers.size(), 1U);
  RowMatrix expected(3, 2);
  expected << 1.0F, -1.0F, 5.0F, -2.0F, 2.0F, -3.0F;
  EXPECT_EQ(weights.layers[0].weight, expected);
  const auto read_back = nn::PolicyWeights::FromStateDict(weights.ToStateDict());
  EXPECT_EQ(read_back.layers[0].weight, expected);
}

}  // namespace
}  // namespace dyna::learner::tabular
