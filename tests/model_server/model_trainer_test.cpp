#include "model_server/model_trainer.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/model_server/fake_replay.hpp"

namespace dyna::model_server {
namespace {

using testing_support::FakeReplay;

EnvSpec Spec() {
  return {.name = "Test",
          .observation = Space::Box({-1.0, -1.0}, {1.0, 1.0}),
          .action = Space::Box({-1.0}, {1.0})};
}

ModelTrainer::Options SmallOptions() {
  ModelTrainer::Options options;
  options.model.shape = {.obs_columns = 2, .action_columns = 1};
  options.model.members = 3;
  options.model.elites = 2;
  options.model.hidden = {8};
  options.model.weight_decay = {1e-4, 1e-4};
  options.model.epochs_max = 3;
  options.rows_min = 50;
  options.read_rows_max = 7;  // several reads per step
  return options;
}

TransitionBatch RandomRows(std::int64_t rows, std::uint64_t seed) {
  Rng rng(seed, "rows");
  auto batch = TransitionBatch::Zeros(rows, {2, 1});
  for (auto* matrix : {&batch.obs, &batch.next_obs, &batch.action}) {
    for (Eigen::Index i = 0; i < matrix->size(); ++i) {
      matrix->data()[i] = static_cast<float>(rng.Normal());
    }
  }
  return batch;
}

struct World {
  FakeReplay replay{{2, 1}, 1};
  LocalWeightsPort weights;
  ModelTrainer trainer{SmallOptions(), Spec(), replay, weights};
};

TEST(ModelTrainerTest, WaitsForEnoughRowsThenTrainsOnAllAndPublishesEachTime) {
  World w;
  ASSERT_TRUE(w.replay.Append(kRealTable, RandomRows(49, 1)).ok());
  const auto waiting = w.trainer.Step();
  ASSERT_FALSE(waiting.ok());
  EXPECT_EQ(waiting.error().code, ErrorCode::kBackpressure);
  EXPECT_EQ(w.weights.FetchIfNewer(kModelWeights, 0), nullptr);

  ASSERT_TRUE(w.replay.Append(kRealTable, RandomRows(1, 2)).ok());
  const auto first = w.trainer.Step();
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first.value().rows, 50);  // the 49 read before are not lost
  EXPECT_EQ(first.value().epochs, 3);
  EXPECT_EQ(first.value().holdout_mse.size(), 3U);
  ASSERT_TRUE(w.replay.Append(kRealTable, RandomRows(30, 3)).ok());
  EXPECT_EQ(w.trainer.Step().value().rows, 80);
  EXPECT_EQ(w.trainer.version(), 2U);
  const auto blob = w.weights.FetchIfNewer(kModelWeights, 1);
  ASSERT_NE(blob, nullptr);
  EXPECT_EQ(blob->version, 2U);
}

TEST(ModelTrainerTest, HoldsNoMoreRowsThanTheRealTableDoes) {
  World w;
  ASSERT_TRUE(w.replay.SetCapacity(kRealTable, 60).ok());
  ASSERT_TRUE(w.replay.Append(kRealTable, RandomRows(55, 1)).ok());
  EXPECT_EQ(w.trainer.Step().value().rows, 55);
  ASSERT_TRUE(w.replay.Append(kRealTable, RandomRows(20, 2)).ok());
  EXPECT_EQ(w.trainer.Step().value().rows, 60);
  EXPECT_EQ(w.trainer.rows_missed(), 0U);
  ASSERT_TRUE(w.replay.Append(kRealTable, RandomRows(70, 3)).ok());
  EXPECT_EQ(w.trainer.Step().value().rows, 60);
  EXPECT_EQ(w.trainer.rows_missed(), 10U);
}

StateDict SavedState(const ModelTrainer& trainer) {
  StateDict state;
  trainer.Save(state);
  return state;
}

// The rows of before the save are gone from replay when the resumed trainer starts.
TEST(ModelTrainerTest, AResumedTrainerGoesOnBitForBitEvenIfReplayEvicted) {
  World a;
  ASSERT_TRUE(a.replay.Append(kRealTable, RandomRows(60, 1)).ok());
  ASSERT_TRUE(a.trainer.Step().ok());
  const StateDict saved = SavedState(a.trainer);

  World b;
  ASSERT_TRUE(b.replay.Append(kRealTable, RandomRows(60, 1)).ok());
  b.replay.Clear(kRealTable);
  b.trainer.Load(saved);
  const auto published = b.weights.FetchIfNewer(kModelWeights, 0);
  ASSERT_NE(published, nullptr);  // whoever imagines can go on too
  EXPECT_EQ(*&published->arrays, a.weights.FetchIfNewer(kModelWeights, 0)->arrays);
  for (World* w : {&a, &b}) {
    ASSERT_TRUE(w->replay.Append(kRealTable, RandomRows(25, 2)).ok());
    ASSERT_EQ(w->trainer.Step().value().rows, 85);
  }
  EXPECT_EQ(SavedState(a.trainer), SavedState(b.trainer));
  EXPECT_NE(SavedState(a.trainer), saved);
  EXPECT_EQ(a.weights.FetchIfNewer(kModelWeights, 1)->arrays,
            b.weights.FetchIfNewer(kModelWeights, 1)->arrays);
}

TEST(ModelTrainerTest, PoisonedRewardsStopTheTrainingAndLeaveTheModelBefore) {
  World w;
  ASSERT_TRUE(w.replay.Append(kRealTable, RandomRows(60, 1)).ok());
  ASSERT_TRUE(w.trainer.Step().ok());
  const StateDict before = SavedState(w.trainer).Sub("model/");
  TransitionBatch poisoned = RandomRows(60, 2);
  poisoned.reward.setConstant(1e10F);  // squared: 1e20
  ASSERT_TRUE(w.replay.Append(kRealTable, poisoned).ok());
  try {
    (void)w.trainer.Step();
    FAIL() << "no DivergenceError";
  } catch (const DivergenceError& error) {
    EXPECT_NE(std::string(error.what()).find("hold-out MSE"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("model.error_max"), std::string::npos);
  }
  EXPECT_EQ(SavedState(w.trainer).Sub("model/"), before);
  EXPECT_EQ(w.trainer.version(), 1U);
  EXPECT_EQ(w.weights.FetchIfNewer(kModelWeights, 1), nullptr);
}

TEST(ModelTrainerTest, LoadingIntoALivePortPublishesNothingOlder) {
  World w;
  ASSERT_TRUE(w.replay.Append(kRealTable, RandomRows(60, 1)).ok());
  ASSERT_TRUE(w.trainer.Step().ok());
  const StateDict saved = SavedState(w.trainer);
  ASSERT_TRUE(w.trainer.Step().ok());
  w.trainer.Load(saved);
  EXPECT_EQ(w.weights.FetchIfNewer(kModelWeights, 0)->version, 2U);
}

StateDict SavedModel(const ModelTrainer& trainer) {
  StateDict state;
  trainer.SaveModel(state);
  return state;
}

// Promise P7: a model server that was killed comes back with its model, reads the rows again, and
// readers see versions that only grow.
TEST(ModelTrainerTest, AModelWithoutItsRowsGoesOnAboveWhatAnEarlierLifePublished) {
  World a;
  ASSERT_TRUE(a.replay.Append(kRealTable, RandomRows(60, 1)).ok());
  ASSERT_TRUE(a.trainer.Step().ok());
  const StateDict saved = SavedModel(a.trainer);
  ASSERT_TRUE(a.trainer.Step().ok());  // version 2 is published and never saved

  World b;
  ASSERT_TRUE(b.replay.Append(kRealTable, RandomRows(60, 1)).ok());
  b.trainer.LoadModel(saved, /*published=*/2);
  const auto blob = b.weights.FetchIfNewer(kModelWeights, 2);
  ASSERT_NE(blob, nullptr);
  EXPECT_EQ(blob->version, 3U);
  const StateDict now = SavedModel(b.trainer);
  EXPECT_EQ(now.Sub("model/"), saved.Sub("model/"));
  EXPECT_EQ(b.trainer.Step().value().rows, 60);
  EXPECT_EQ(b.trainer.version(), 4U);
}

TEST(ModelTrainerTest, AModelWhoseVersionIsTheLastPublishedKeepsIt) {
  World a;
  ASSERT_TRUE(a.replay.Append(kRealTable, RandomRows(60, 1)).ok());
  ASSERT_TRUE(a.trainer.Step().ok());
  World b;
  b.trainer.LoadModel(SavedModel(a.trainer), /*published=*/1);
  ASSERT_NE(b.weights.FetchIfNewer(kModelWeights, 0), nullptr);
  EXPECT_EQ(b.weights.FetchIfNewer(kModelWeights, 0)->version, 1U);
  EXPECT_EQ(b.weights.FetchIfNewer(kModelWeights, 0)->arrays,
            a.weights.FetchIfNewer(kModelWeights, 0)->arrays);
}

}  // namespace
}  // namespace dyna::model_server
