#include "actors/actor_loop.hpp"

#include <gtest/gtest.h>

#include "tests/support/counting_environment.hpp"
#include "tests/support/recording_replay.hpp"

namespace dyna::actors {
namespace {

using testing_support::CountingEnvironment;
using testing_support::RecordingReplay;

/// A squashed Gaussian with (almost) no noise whose action is scale * tanh(mean).
std::shared_ptr<const WeightsBlob> ConstantPolicy(std::uint64_t version, float mean) {
  nn::PolicyWeights weights;
  nn::DenseLayer layer{RowMatrix::Zero(2, 2), FloatVector::Zero(2)};
  layer.bias << mean, -20.0F;
  weights.layers = {layer};
  weights.action_center = FloatVector::Zero(1);
  weights.action_scale = FloatVector::Constant(1, 2.0F);
  return std::make_shared<const WeightsBlob>(
      WeightsBlob{.version = version, .arrays = weights.ToStateDict()});
}

class ActorLoopTest : public testing::Test {
 protected:
  ActorLoop MakeLoop(ActorLoop::Options options, int environments = 1, int length = 3,
                     int limit = 0) {
    std::vector<std::unique_ptr<envs::Environment>> list;
    for (int i = 0; i < environments; ++i) {
      list.push_back(std::make_unique<CountingEnvironment>(length, limit));
    }
    return {options, std::move(list), replay_, weights_};
  }
  void StepTimes(ActorLoop& loop, int times) {
    for (int i = 0; i < times; ++i) ASSERT_TRUE(loop.Step().ok());
  }

  RecordingReplay replay_;
  LocalWeightsPort weights_;
};

TEST_F(ActorLoopTest, RowsChainWithinAnEpisodeAndNextObsIsNeverTheResetOne) {
  ActorLoop loop = MakeLoop({});
  StepTimes(loop, 7);
  ASSERT_EQ(replay_.appended.size(), 7U);
  for (int t = 0; t < 7; ++t) {
    const auto& row = replay_.appended[static_cast<std::size_t>(t)];
    EXPECT_EQ(row.obs(0, 0), static_cast<float>(t % 3));
    EXPECT_EQ(row.next_obs(0, 0), static_cast<float>(t % 3 + 1));
    EXPECT_EQ(row.obs(0, 1), row.next_obs(0, 1)) << "the observation after a reset leaked in";
    EXPECT_EQ(row.terminated[0], t % 3 == 2 ? 1.0F : 0.0F);
    EXPECT_EQ(row.truncated[0], 0.0F);
    EXPECT_EQ(row.provenance[0].episode, static_cast<std::uint64_t>(t / 3));
    EXPECT_EQ(row.provenance[0].step, static_cast<std::uint32_t>(t % 3));
  }
}

TEST_F(ActorLoopTest, ATimeLimitTruncatesAndDoesNotTerminate) {
  ActorLoop loop = MakeLoop({}, 1, /*length=*/100, /*limit=*/2);
  StepTimes(loop, 2);
  EXPECT_EQ(replay_.appended[1].terminated[0], 0.0F);
  EXPECT_EQ(replay_.appended[1].truncated[0], 1.0F);
  EXPECT_EQ(loop.TakeEpisodes().size(), 1U);
}

TEST_F(ActorLoopTest, ActsAtRandomFirstThenWithTheNewestPolicy) {
  weights_.Publish(kPolicyWeights, ConstantPolicy(1, 0.5F));
  ActorLoop loop = MakeLoop({.random_steps = 3});
  StepTimes(loop, 4);
  EXPECT_EQ(replay_.appended[2].provenance[0].policy_version, 0U);
  EXPECT_NE(replay_.appended[1].action(0, 0), replay_.appended[2].action(0, 0));
  EXPECT_NEAR(replay_.appended[3].action(0, 0), 2.0 * std::tanh(0.5), 1e-6);
  EXPECT_EQ(replay_.appended[3].provenance[0].policy_version, 1U);
  weights_.Publish(kPolicyWeights, ConstantPolicy(2, -0.5F));
  StepTimes(loop, 1);
  EXPECT_NEAR(replay_.appended[4].action(0, 0), -2.0 * std::tanh(0.5), 1e-6);
}

TEST_F(ActorLoopTest, RandomActionsAreHeldAndDrawnAnewAtAnEpisodesBegin) {
  ActorLoop loop = MakeLoop({.random_steps = 100, .random_hold = 2}, 1, /*length=*/3);
  StepTimes(loop, 6);
  const auto action = [this](std::size_t t) { return replay_.appended[t].action(0, 0); };
  EXPECT_EQ(action(0), action(1));
  EXPECT_NE(action(1), action(2));
  EXPECT_NE(action(2), action(3)) << "a new episode draws anew";
  EXPECT_EQ(action(3), action(4));
}

TEST_F(ActorLoopTest, ARefusedRowIsSentAgainBeforeAnythingElseHappens) {
  ActorLoop loop = MakeLoop({});
  replay_.refuse = true;
  EXPECT_FALSE(loop.Step().ok());
  EXPECT_FALSE(loop.Step().ok());
  EXPECT_EQ(loop.env_steps(), 1) << "stepped although the last row was not taken";
  replay_.refuse = false;
  StepTimes(loop, 1);
  ASSERT_EQ(replay_.appended.size(), 2U);
  EXPECT_EQ(replay_.appended[0].obs(0, 0), 0.0F);
  EXPECT_EQ(replay_.appended[1].obs(0, 0), 1.0F);
}

TEST_F(ActorLoopTest, SeveralEnvironmentsStepTogetherWithEpisodesOfTheirOwn) {
  ActorLoop loop = MakeLoop({}, 3, 2);
  StepTimes(loop, 2);
  EXPECT_EQ(loop.env_steps(), 6);
  EXPECT_EQ(replay_.appended[0].size(), 3);
  const auto episodes = loop.TakeEpisodes();
  ASSERT_EQ(episodes.size(), 3U);
  double sum = 0.0;
  for (const auto& batch : replay_.appended) sum += static_cast<double>(batch.reward[1]);
  EXPECT_NEAR(episodes[1].episode_return, sum, 1e-6);
  EXPECT_EQ(episodes[1].steps, 2);
}

TEST_F(ActorLoopTest, EpsilonFallsLinearlyAndThenStays) {
  ActorLoop loop = MakeLoop({.epsilon_start = 1.0, .epsilon_end = 0.2, .epsilon_steps = 4});
  EXPECT_DOUBLE_EQ(loop.epsilon(), 1.0);
  StepTimes(loop, 2);
  EXPECT_DOUBLE_EQ(loop.epsilon(), 0.6);
  StepTimes(loop, 10);
  EXPECT_DOUBLE_EQ(loop.epsilon(), 0.2);
}

TEST_F(ActorLoopTest, ALoadedLoopContinuesBitForBit) {
  ActorLoop loop = MakeLoop({.random_steps = 1000, .random_hold = 3, .seed = 3}, 2, 5);
  StepTimes(loop, 7);
  (void)loop.TakeEpisodes();
  StateDict state;
  loop.Save(state);
  replay_.appended.clear();
  StepTimes(loop, 9);
  const auto expected = std::exchange(replay_.appended, {});
  ActorLoop other = MakeLoop({.random_steps = 1000, .random_hold = 3, .seed = 3}, 2, 5);
  other.Load(state);
  StepTimes(other, 9);
  ASSERT_EQ(replay_.appended.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(replay_.appended[i].action, expected[i].action);
    EXPECT_EQ(replay_.appended[i].obs, expected[i].obs);
    EXPECT_EQ(replay_.appended[i].provenance, expected[i].provenance);
  }
  EXPECT_EQ(other.env_steps(), loop.env_steps());
}

}  // namespace
}  // namespace dyna::actors
