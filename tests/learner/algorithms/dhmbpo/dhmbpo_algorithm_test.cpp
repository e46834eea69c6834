#include "learner/algorithms/dhmbpo/dhmbpo_algorithm.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <limits>

#include "common/nn/policy.hpp"
#include "tests/learner/algorithms/dhmbpo/linear_world.hpp"
#include "tests/learner/algorithms/fake_batch_source.hpp"

namespace dyna::learner::dhmbpo {
namespace {

constexpr TransitionShape kShape = {3, 2};

EnvSpec Spec() {
  return {.name = "Test-v0",
          .observation = Space::Box({-9, -9, -9}, {9, 9, 9}),
          .action = Space::Box({-1.0, 2.0}, {3.0, 2.5})};
}

Options Small() {
  return {.horizon = 3,
          .actor_horizon = 3,
          .distribution_length = 4,
          .refresh_every = 3,
          .distribution_calls_kept = 2,
          .actor_hidden = {12},
          .critic_hidden = {10, 8},
          .critics = 3,
          .critic_dropout = 0.01,
          .target_entropy = -2.0,
          .batch_rows = 8,
          .block_steps = 16};
}

/// Random rows; new ones come when the test says so.
class Rows : public FakeBatchSource {
 public:
  explicit Rows(std::uint64_t seed)
      : FakeBatchSource(
            [rng = Rng(seed, "batch")]() mutable { return RandomBatch(rng, 8, kShape); }),
        rng_(seed, "new") {}

  Result<TransitionBatch> ReadNew(std::int64_t) override {
    if (fresh == 0) return TransitionBatch{};
    return RandomBatch(rng_, std::exchange(fresh, 0), kShape).rows;
  }

  std::int64_t fresh = 16;

 private:
  Rng rng_;
};

std::unique_ptr<LinearWorld> World() {
  auto world = std::make_unique<LinearWorld>();
  world->elites = {0, 1};
  world->offset = {0.1, -0.1};
  world->std = 0.05;
  world->gain = 0.1;
  world->end = 1.5;
  return world;
}

DhmbpoAlgorithm Make(const Options& options, std::uint64_t seed) {
  return DhmbpoAlgorithm(Spec(), options, seed, World());
}

StateDict Saved(const Algorithm& algorithm) {
  StateDict state;
  algorithm.Save(state);
  return state;
}

/// Whether no entry under `prefix` differs.
bool Same(const StateDict& a, const StateDict& b, const std::string& prefix) {
  return a.Sub(prefix) == b.Sub(prefix);
}

std::vector<Options> Variants() {
  std::vector<Options> all(6, Small());
  all[1].distribution_length = 0;  // real states
  all[2].actor_horizon = 0;        // value expansion for the targets only
  all[3].critic = false;           // the whole return through the model
  all[3].critic_warmup_share = 0;
  all[4].horizon = all[4].actor_horizon = all[4].distribution_length = 0;  // model-free
  all[4].critic_warmup_share = 0;
  all[5].reset_optimizers = false;
  return all;
}

TEST(DhmbpoAlgorithmTest, ALoadedLearnerContinuesBitForBitInEveryVariant) {
  for (const Options& options : Variants()) {
    SCOPED_TRACE(testing::Message()
                 << "horizon=" << options.horizon << " distribution=" << options.distribution_length
                 << " actor=" << options.actor_horizon);
    auto one = Make(options, 1);
    Rows data(1);
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(one.Update(data).ok());
    data.fresh = 10;  // read, but no block yet
    ASSERT_TRUE(one.Update(data).ok());
    auto two = Make(options, 999);  // another seed: everything must come from the state
    two.Load(Saved(one));
    EXPECT_EQ(two.ActWeights().ToStateDict(), one.ActWeights().ToStateDict());
    EXPECT_EQ(two.LastLosses(), one.LastLosses());
    data.fresh = 6;  // with which the block begins
    Rows same = data;
    for (int i = 0; i < 5; ++i) {
      ASSERT_TRUE(one.Update(data).ok());
      ASSERT_TRUE(two.Update(same).ok());
    }
    EXPECT_EQ(Saved(one), Saved(two));
  }
}

TEST(DhmbpoAlgorithmTest, SeedsDecideEverything) {
  auto a = Make(Small(), 1), b = Make(Small(), 1), c = Make(Small(), 2);
  EXPECT_EQ(Saved(a), Saved(b));
  EXPECT_NE(Saved(a), Saved(c));
}

TEST(DhmbpoAlgorithmTest, WaitsForTheFirstModel) {
  auto world = World();
  LinearWorld* model = world.get();
  model->ready = false;
  DhmbpoAlgorithm learner(Spec(), Small(), 1, std::move(world));
  Rows data(1);
  const auto weights = learner.ActWeights().ToStateDict();
  const Status waits = learner.Update(data);
  ASSERT_FALSE(waits.ok());
  EXPECT_EQ(waits.error().code, ErrorCode::kBackpressure);
  EXPECT_EQ(learner.ActWeights().ToStateDict(), weights);
  model->ready = true;
  EXPECT_TRUE(learner.Update(data).ok());
}

TEST(DhmbpoAlgorithmTest, AFailingSourceChangesNoNumber) {
  auto learner = Make(Small(), 1);
  Rows data(1);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(learner.Update(data).ok());
  const StateDict before = Saved(learner);
  data.blocked = true;  // the next update needs a distribution rollout
  EXPECT_FALSE(learner.Update(data).ok());
  EXPECT_EQ(Saved(learner), before);
  data.blocked = false;
  EXPECT_TRUE(learner.Update(data).ok());
}

TEST(DhmbpoAlgorithmTest, ABlockBeginsWithItsLastRealStepAndNotBefore) {
  Options options = Small();
  options.critic_warmup_share = 0.0;
  auto learner = Make(options, 1);
  Rows data(1);
  ASSERT_TRUE(learner.Update(data).ok());
  ASSERT_TRUE(learner.Update(data).ok());
  const auto steps = [&] { return Saved(learner).GetScalar<std::int64_t>("policy_adam/steps"); };
  EXPECT_EQ(steps(), 2);
  const auto mean = [&] { return Saved(learner).Get<float>("statistics/mean"); };
  const auto frozen = mean();
  data.fresh = 15;
  ASSERT_TRUE(learner.Update(data).ok());
  EXPECT_EQ(steps(), 3);
  EXPECT_EQ(mean(), frozen);
  data.fresh = 1;
  ASSERT_TRUE(learner.Update(data).ok());
  EXPECT_EQ(steps(), 1) << "new moments";
  EXPECT_NE(mean(), frozen);
}

TEST(DhmbpoAlgorithmTest, CriticsAloneAreWarmedUpAtABlocksBeginning) {
  auto learner = Make(Small(), 1);
  Rows data(1);
  ASSERT_TRUE(learner.Update(data).ok());
  const StateDict state = Saved(learner);
  // A quarter of 16 steps, then the update itself.
  EXPECT_EQ(state.GetScalar<std::int64_t>("critics_adam/steps"), 4 + 1);
  EXPECT_EQ(state.GetScalar<std::int64_t>("policy_adam/steps"), 1);
  EXPECT_EQ(state.GetScalar<std::int64_t>("log_alpha_adam/steps"), 1);
}

TEST(DhmbpoAlgorithmTest, TheTargetCriticsMoveByTau) {
  Options options = Small();
  options.critic_warmup_share = 0.0;
  options.tau = 0.25;
  auto learner = Make(options, 1);
  Rows data(1);
  const StateDict before = Saved(learner);
  ASSERT_TRUE(learner.Update(data).ok());
  const StateDict after = Saved(learner);
  const StateDict targets = before.Sub("target_critics/");
  for (const auto& [name, array] : targets.arrays()) {
    const auto old_target = before.Get<float>("target_critics/" + name);
    const auto online = after.Get<float>("critics/" + name);
    const auto target = after.Get<float>("target_critics/" + name);
    for (std::size_t i = 0; i < target.size(); ++i) {
      EXPECT_NEAR(target[i], old_target[i] + 0.25F * (online[i] - old_target[i]), 1e-6);
    }
  }
}

TEST(DhmbpoAlgorithmTest, TheTemperatureFollowsTheEntropyGap) {
  for (const double target : {-50.0, 50.0}) {
    Options options = Small();
    options.target_entropy = target;
    auto learner = Make(options, 1);
    Rows data(1);
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(learner.Update(data).ok());
    EXPECT_EQ(LossNamed(learner.LastLosses(), "alpha") > 0.1, target > 0) << target;
  }
}

TEST(DhmbpoAlgorithmTest, WithoutACriticNoneLearns) {
  auto learner = Make(Variants()[3], 1);
  Rows data(1);
  const StateDict before = Saved(learner);
  ASSERT_TRUE(learner.Update(data).ok());
  EXPECT_TRUE(Same(before, Saved(learner), "critics/"));
  EXPECT_FALSE(Same(before, Saved(learner), "policy/"));
}

TEST(DhmbpoAlgorithmTest, AnActorHorizonOfZeroIgnoresTheModelsDerivatives) {
  // Critics start at their bounds' centre whatever the action: no gradient but the entropy's,
  // which the same weights have in a model-free learner.
  Options options = Variants()[2];
  options.critic_warmup_share = 0.0;
  options.learning_rate = 0.0;
  auto learner = Make(options, 1);
  Rows data(1);
  ASSERT_TRUE(learner.Update(data).ok());
  const double expansion = LossNamed(learner.LastLosses(), "actor_gradient_norm");
  options.actor_horizon = options.horizon;
  auto through_model = Make(options, 1);
  Rows same(1);
  ASSERT_TRUE(through_model.Update(same).ok());
  EXPECT_LT(expansion, 0.5 * LossNamed(through_model.LastLosses(), "actor_gradient_norm"));
}

TEST(DhmbpoAlgorithmTest, PublishedWeightsActAsTheActorOnTheFrozenScale) {
  auto learner = Make(Small(), 1);
  Rows data(1);
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(learner.Update(data).ok());
  const StateDict state = Saved(learner);
  const auto weights = learner.ActWeights();
  EXPECT_EQ(weights.std_form, nn::StdForm::kSoftplus);
  EXPECT_EQ(weights.activation, nn::Activation::kSilu);
  const auto mean = state.Get<float>("statistics/mean"), std = state.Get<float>("statistics/std");
  const auto tensor = [&](const std::string& name) {
    const auto values = state.Get<float>(name);
    return torch::tensor(values).reshape(state.Raw(name).shape);
  };
  RowMatrix obs(1, 3);
  obs << 0.3F, -1.0F, 2.0F;
  at::Tensor x = (torch::tensor({0.3F, -1.0F, 2.0F}) - torch::tensor(mean)) / torch::tensor(std);
  x = torch::silu(torch::matmul(tensor("policy/weight0"), x) + tensor("policy/bias0"));
  x = torch::matmul(tensor("policy/weight1"), x) + tensor("policy/bias1");
  Rng rng(1, "test");
  const RowMatrix action = nn::Policy(weights).Act(obs, /*deterministic=*/true, 0.0, rng);
  EXPECT_NEAR(action(0, 0), 1.0 + 2.0 * std::tanh(x[0].item<double>()), 1e-5);
  EXPECT_NEAR(action(0, 1), 2.25 + 0.25 * std::tanh(x[1].item<double>()), 1e-5);
}

TEST(DhmbpoAlgorithmTest, ALossThatIsNotFiniteStopsBeforeTheWeights) {
  auto world = World();
  world->cost = std::numeric_limits<double>::infinity();
  Options options = Small();
  options.critic_warmup_share = 0.0;
  DhmbpoAlgorithm learner(Spec(), options, 1, std::move(world));
  Rows data(1);
  const StateDict before = Saved(learner);
  EXPECT_THROW((void)learner.Update(data), DivergenceError);
  EXPECT_TRUE(Same(before, Saved(learner), "critics/"));
  EXPECT_TRUE(Same(before, Saved(learner), "policy/"));
}

TEST(DhmbpoAlgorithmTest, SpacesItCannotActInAreRefused) {
  EnvSpec discrete = Spec();
  discrete.action = Space::Discrete(2);
  EXPECT_THROW(DhmbpoAlgorithm(discrete, Small(), 0, World()), ConfigError);
  EnvSpec unbounded = Spec();
  unbounded.action.high[0] = std::numeric_limits<double>::infinity();
  EXPECT_THROW(DhmbpoAlgorithm(unbounded, Small(), 0, World()), ConfigError);
}

}  // namespace
}  // namespace dyna::learner::dhmbpo
