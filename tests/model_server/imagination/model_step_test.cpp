#include "model_server/imagination/model_step.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "tests/model_server/imagination/fake_model.hpp"

namespace dyna::imagination {
namespace {

using testing_support::FakeModel;

ImaginationOptions Options() {
  ImaginationOptions options;
  options.model.shape = {
      .obs_columns = 2, .action_columns = 1, .termination = dynamics::Source::kLearned};
  options.deterministic_model = true;
  return options;
}

TEST(ModelStepTest, DrawsAnEliteUniformlyForEveryRowAndStep) {
  const FakeModel model;
  ModelStep step(Options());
  const at::Tensor obs = torch::zeros({10000, 2});
  const at::Tensor action = torch::full({10000, 1}, 0.5F);
  step.Roll(model, obs, action);
  const auto first = model.asked;
  EXPECT_EQ(std::set<std::int64_t>(first.begin(), first.end()), (std::set<std::int64_t>{1, 3}));
  const auto threes = std::count(first.begin(), first.end(), 3);
  EXPECT_NEAR(static_cast<double>(threes), 5000.0, 4.0 * 50.0);
  EXPECT_NE(threes, 5000);  // independent draws, not equal shares
  step.Roll(model, obs, action);
  EXPECT_NE(model.asked, first);
}

TEST(ModelStepTest, AddsTheChangeOfStateAndReadsTheRewardFirst) {
  const FakeModel model;
  ModelStep step(Options());
  const StepOutcome outcome =
      step.Roll(model, torch::tensor({{5.0F, 7.0F}}), torch::tensor({{0.5F}}));
  const auto e = static_cast<float>(model.asked[0]);
  EXPECT_TRUE(outcome.next_obs.equal(torch::tensor({{5.0F + e + 1.0F, 7.0F}})));
  EXPECT_EQ(outcome.reward[0].item<float>(), 10.0F * e + 0.5F);
  EXPECT_FALSE(outcome.terminated[0].item<bool>());
}

TEST(ModelStepTest, SamplesTheGaussianUnlessAskedForTheMean) {
  ImaginationOptions options = Options();
  options.deterministic_model = false;
  const FakeModel model;
  ModelStep step(options);
  const StepOutcome outcome = step.Roll(model, torch::zeros({40000, 2}), torch::zeros({40000, 1}));
  const at::Tensor members =
      torch::tensor(at::ArrayRef<std::int64_t>(model.asked), torch::kInt64).to(torch::kFloat32);
  const at::Tensor noise = outcome.reward - 10.0 * members;
  EXPECT_NEAR(noise.mean().item<double>(), 0.0, 0.05);
  EXPECT_NEAR(noise.std().item<double>(), 2.0, 0.05);
  EXPECT_TRUE(outcome.next_obs.select(1, 0).equal(members + 1.0));  // no noise there
}

TEST(ModelStepTest, TheMeanOfTheElitesIsTheCoursesPropagation) {
  ImaginationOptions options = Options();
  options.propagation = Propagation::kMean;
  ModelStep step(options);
  const StepOutcome outcome = step.Roll(FakeModel(), torch::zeros({2, 2}), torch::zeros({2, 1}));
  EXPECT_EQ(outcome.reward[1].item<float>(), 20.0F);  // elites 3 and 1
  EXPECT_EQ(outcome.next_obs[1][0].item<float>(), 3.0F);
}

TEST(ModelStepTest, DisagreementIsTheSpreadOfTheElitesMeans) {
  // Means (30, 4, 0) and (10, 2, 0): population std 10, 1, 0.
  EXPECT_NEAR(
      ModelStep(Options()).Disagreement(FakeModel(), torch::zeros({3, 2}), torch::zeros({3, 1})),
      11.0 / 3.0, 1e-5);
}

TEST(ModelStepTest, ALearnedTerminationIsTakenFromOneHalf) {
  FakeModel model;
  ModelStep step(Options());
  model.termination = 0.49;
  EXPECT_FALSE(
      step.Roll(model, torch::zeros({1, 2}), torch::zeros({1, 1})).terminated[0].item<bool>());
  model.termination = 0.5;
  EXPECT_TRUE(
      step.Roll(model, torch::zeros({1, 2}), torch::zeros({1, 1})).terminated[0].item<bool>());
}

TEST(ModelStepTest, RowsThatAreNotFiniteOrAreAbsurdAreMarked) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr float kInf = std::numeric_limits<float>::infinity();
  ModelStep step(Options());  // prediction_max = 1e6
  const at::Tensor obs = torch::tensor({{0.0F, 0.0F},
                                        {kNan, 0.0F},
                                        {0.0F, kInf},
                                        {2e6F, 0.0F},
                                        {0.0F, -9e5F},
                                        {0.0F, 0.0F},
                                        {0.0F, 0.0F}});
  const at::Tensor action =
      torch::tensor({{0.0F}, {0.0F}, {0.0F}, {0.0F}, {0.0F}, {-2e6F}, {kNan}});
  const StepOutcome outcome = step.Roll(FakeModel(), obs, action);
  EXPECT_TRUE(outcome.valid.equal(
      torch::tensor({true, false, false, false, true, false, false}, torch::kBool)));
}

TEST(ModelStepTest, KnownRulesReplaceWhatTheModelSays) {
  ImaginationOptions options = Options();
  options.model.shape.termination = dynamics::Source::kKnown;
  options.rules.terminated = [](std::span<const double> obs, std::span<const double>,
                                std::span<const double> next) { return next[0] - obs[0] > 3.0; };
  FakeModel model;
  model.termination = 1.0;
  ModelStep step(options);
  const StepOutcome outcome = step.Roll(model, torch::ones({200, 2}), torch::zeros({200, 1}));
  for (std::size_t i = 0; i < 200; ++i) {  // member 3 moves by 4, member 1 by 2
    EXPECT_EQ(outcome.terminated[static_cast<std::int64_t>(i)].item<bool>(), model.asked[i] == 3);
  }
}

TEST(ModelStepTest, LoadedStreamsContinueTheSame) {
  ImaginationOptions options = Options();
  options.deterministic_model = false;
  const FakeModel model;
  const at::Tensor obs = torch::zeros({33, 2});
  const at::Tensor action = torch::zeros({33, 1});
  ModelStep a(options);
  a.Roll(model, obs, action);
  StateDict state;
  a.Save(state);
  options.seed = 5;
  ModelStep b(options);
  b.Load(state);
  EXPECT_TRUE(a.Roll(model, obs, action).reward.equal(b.Roll(model, obs, action).reward));
}

}  // namespace
}  // namespace dyna::imagination
