#include "actors/evaluator.hpp"

#include <gtest/gtest.h>

#include "tests/support/counting_environment.hpp"

namespace dyna::actors {
namespace {

using testing_support::CountingEnvironment;

/// Acts scale * tanh(obs[0]) = tanh(steps so far), deterministically.
nn::Policy StepPolicy() {
  nn::PolicyWeights weights;
  nn::DenseLayer layer{RowMatrix::Zero(2, 2), FloatVector::Zero(2)};
  layer.weight(0, 0) = 1.0F;
  weights.layers = {layer};
  weights.action_center = FloatVector::Zero(1);
  weights.action_scale = FloatVector::Ones(1);
  return nn::Policy(weights);
}

Evaluator Make(std::initializer_list<int> lengths, std::int64_t steps_max = 100) {
  std::vector<std::unique_ptr<envs::Environment>> list;
  for (const int length : lengths) list.push_back(std::make_unique<CountingEnvironment>(length));
  return {{.episodes = static_cast<std::int64_t>(lengths.size()), .steps_max = steps_max},
          std::move(list)};
}

TEST(EvaluatorTest, EpisodesOfDifferentLengthsAreSummedApart) {
  Evaluator evaluator = Make({1, 3});
  const auto evaluation = evaluator.Evaluate(StepPolicy(), 0, {});
  const double three = std::tanh(1.0) + std::tanh(2.0);
  ASSERT_EQ(evaluation.steps, (std::vector<std::int64_t>{1, 3}));
  EXPECT_NEAR(evaluation.returns[0], 0.0, 1e-6);
  EXPECT_NEAR(evaluation.returns[1], three, 1e-6);
  EXPECT_NEAR(evaluation.return_mean(), three / 2, 1e-6);
  EXPECT_NEAR(evaluation.return_std(), three / 2, 1e-6);
}

TEST(EvaluatorTest, AnEndlessEpisodeIsCutAtTheBound) {
  Evaluator evaluator = Make({1'000'000}, /*steps_max=*/50);
  EXPECT_EQ(evaluator.Evaluate(StepPolicy(), 0, {}).steps[0], 50);
}

TEST(EvaluatorTest, TheSameNumberGivesTheSameEpisodesWhateverCameBefore) {
  Evaluator a = Make({5});
  Evaluator b = Make({5});
  (void)b.Evaluate(StepPolicy(), 0, {});
  EXPECT_EQ(a.Evaluate(StepPolicy(), 1, {}).returns, b.Evaluate(StepPolicy(), 1, {}).returns);
}

TEST(EvaluatorTest, EpisodesBeginInTheWorldOfTheSnapshot) {
  CountingEnvironment training(5);
  training.Restore(std::vector<double>{2, 41});
  std::vector<std::unique_ptr<envs::Environment>> list;
  list.push_back(std::make_unique<CountingEnvironment>(5));
  const auto* world = list[0].get();
  Evaluator evaluator({.episodes = 1}, std::move(list));
  (void)evaluator.Evaluate(StepPolicy(), 0, training.Snapshot());
  EXPECT_EQ(world->Snapshot()[1], 42.0);
  EXPECT_EQ(training.Snapshot()[1], 41.0);
}

}  // namespace
}  // namespace dyna::actors
