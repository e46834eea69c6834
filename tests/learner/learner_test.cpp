#include "learner/learner.hpp"

#include <gtest/gtest.h>

#include "tests/support/recording_replay.hpp"

namespace dyna::learner {
namespace {

using testing_support::RecordingReplay;

/// Counts its updates; its "policy" is a table that holds the count.
class CountingAlgorithm : public Algorithm {
 public:
  Status Update(BatchSource& /*source*/) override {
    ++count_;
    return Done{};
  }
  nn::PolicyWeights ActWeights() const override {
    nn::PolicyWeights weights;
    weights.kind = nn::PolicyWeights::Kind::kQTable;
    weights.layers = {{RowMatrix::Constant(1, 1, static_cast<float>(count_)), FloatVector()}};
    return weights;
  }
  Losses LastLosses() const override { return {{"critic_loss", 0.0}}; }
  void Save(StateDict& state) const override { state.PutScalar<std::int64_t>("count", count_); }
  void Load(const StateDict& state) override { count_ = state.GetScalar<std::int64_t>("count"); }

 private:
  std::int64_t count_ = 0;
};

class LearnerTest : public testing::Test {
 protected:
  Learner Make(Learner::Options options) {
    return {options, std::make_unique<CountingAlgorithm>(), replay_, weights_};
  }
  /// Updates until the limit says wait; how many.
  static int Drain(Learner& learner) {
    int updates = 0;
    while (learner.Step().ok()) ++updates;
    return updates;
  }
  static float Published(const std::shared_ptr<const WeightsBlob>& blob) {
    return nn::PolicyWeights::FromStateDict(blob->arrays).layers[0].weight(0, 0);
  }

  RecordingReplay replay_;
  LocalWeightsPort weights_;
};

TEST_F(LearnerTest, NoUpdateBeforeLearningStartsAndTheRatioAfter) {
  Learner learner = Make({.updates_per_step = 3, .learning_starts = 10});
  replay_.inserted[kRealTable] = 10;
  EXPECT_EQ(Drain(learner), 0) << "the steps before learning starts earn no updates";
  replay_.inserted[kRealTable] = 11;
  EXPECT_EQ(Drain(learner), 3);
  replay_.inserted[kRealTable] = 13;
  EXPECT_EQ(Drain(learner), 6);
}

TEST_F(LearnerTest, ARatioBelowOneUpdatesEverySoManySteps) {
  Learner learner = Make({.updates_per_step = 0.25});
  std::vector<int> updates;
  for (std::uint64_t step = 1; step <= 8; ++step) {
    replay_.inserted[kRealTable] = step;
    updates.push_back(Drain(learner));
  }
  EXPECT_EQ(updates, (std::vector<int>{0, 0, 0, 1, 0, 0, 0, 1}));
}

TEST_F(LearnerTest, WaitingNamesItsLimit) {
  Learner learner = Make({.updates_per_step = 1});
  const Status status = learner.Step();
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kBackpressure);
  EXPECT_NE(status.error().message.find("learner.updates_per_step"), std::string::npos);
}

TEST_F(LearnerTest, PublishesEverySoManyUpdates) {
  Learner learner = Make({.updates_per_step = 5, .publish_every = 2});
  replay_.inserted[kRealTable] = 1;
  Drain(learner);
  const auto blob = weights_.FetchIfNewer(kPolicyWeights, 0);
  ASSERT_TRUE(blob);
  EXPECT_EQ(blob->version, 2U);
  EXPECT_EQ(Published(blob), 4.0F);
}

TEST_F(LearnerTest, ALearnerThatComesBackToNewRowsDoesNotCatchUpInABurst) {
  Learner learner = Make({.updates_per_step = 5, .learning_starts = 10});
  replay_.inserted[kRealTable] = 20;
  EXPECT_EQ(Drain(learner), 50);
  StateDict state;
  learner.Save(state);
  replay_.inserted[kRealTable] = 500;  // collected while it was away
  LocalWeightsPort weights;
  Learner other({.updates_per_step = 5, .learning_starts = 10},
                std::make_unique<CountingAlgorithm>(), replay_, weights);
  other.Load(state);
  ASSERT_TRUE(other.ForgoBacklog().ok());
  EXPECT_EQ(Drain(other), 5) << "one step's worth";
  EXPECT_EQ(other.updates() + other.updates_forgone(), 5 * 490);
  replay_.inserted[kRealTable] = 502;
  EXPECT_EQ(Drain(other), 10);
}

TEST_F(LearnerTest, ARestoredLearnerPublishesWhatWasPublishedAndDoesNotBurst) {
  Learner learner = Make({.updates_per_step = 5, .publish_every = 2});
  replay_.inserted[kRealTable] = 1;
  Drain(learner);
  StateDict state;
  learner.Save(state);
  LocalWeightsPort weights;
  Learner other({.updates_per_step = 5, .publish_every = 2}, std::make_unique<CountingAlgorithm>(),
                replay_, weights);
  other.Load(state);
  const auto blob = weights.FetchIfNewer(kPolicyWeights, 0);
  ASSERT_TRUE(blob);
  EXPECT_EQ(blob->version, 2U);
  EXPECT_EQ(Published(blob), 4.0F) << "update 5 was not published before the save";
  EXPECT_EQ(Drain(other), 0);
}

// Promise P7: versions never go backwards for a reader.
TEST_F(LearnerTest, ARestoredLearnerPublishesAboveWhatWasPublishedSinceTheSave) {
  Learner learner = Make({.updates_per_step = 5, .publish_every = 2});
  replay_.inserted[kRealTable] = 1;
  Drain(learner);
  StateDict state;
  learner.Save(state);
  LocalWeightsPort weights;
  Learner other({.updates_per_step = 5, .publish_every = 2}, std::make_unique<CountingAlgorithm>(),
                replay_, weights);
  other.Load(state);
  other.SkipVersions(1);
  EXPECT_EQ(other.version(), 2U) << "never down";
  other.SkipVersions(70);
  EXPECT_EQ(weights.FetchIfNewer(kPolicyWeights, 0)->version, 2U);
  other.Publish();
  const auto blob = weights.FetchIfNewer(kPolicyWeights, 70);
  ASSERT_TRUE(blob);
  EXPECT_EQ(blob->version, 71U);
  EXPECT_EQ(Published(blob), 5.0F);
}

}  // namespace
}  // namespace dyna::learner
