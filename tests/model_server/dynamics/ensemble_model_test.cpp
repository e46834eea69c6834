#include "model_server/dynamics/ensemble_model.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <vector>

#include "common/core/error.hpp"

namespace dyna::dynamics {
namespace {

ModelOptions SmallOptions(const std::string& kind) {
  ModelOptions options;
  options.kind = kind;
  options.shape = {.obs_columns = 2, .action_columns = 1, .termination = Source::kLearned};
  options.members = 4;
  options.elites = 2;
  options.hidden = {8};
  options.weight_decay = {0.0, 0.0};
  options.epochs_max = 3;
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

class EnsembleModelTest : public testing::TestWithParam<const char*> {};

TEST_P(EnsembleModelTest, PredictingRowsByMemberPicksThoseMembersOfTheFullForecast) {
  const auto model = MakeDynamicsModel(SmallOptions(GetParam()));
  torch::manual_seed(1);
  const at::Tensor inputs = torch::randn({50, 3});
  Rng rng(1, "members");
  std::vector<std::int64_t> members(50);
  for (auto& member : members) member = static_cast<std::int64_t>(rng.Below(3));  // 3 unused
  const Forecast all = model->Predict(inputs);
  ASSERT_EQ(all.mean.sizes().vec(), (std::vector<std::int64_t>{4, 50, 3}));
  const Forecast rows = model->PredictRows(inputs, members);
  for (std::int64_t i = 0; i < 50; ++i) {
    const auto e = members[static_cast<std::size_t>(i)];
    EXPECT_TRUE(rows.mean[i].allclose(all.mean[e][i], 1e-5, 1e-6));
    EXPECT_TRUE(rows.variance[i].allclose(all.variance[e][i], 1e-5, 1e-6));
    EXPECT_TRUE(rows.termination[i].allclose(all.termination[e][i], 1e-5, 1e-6));
  }
}

TEST_P(EnsembleModelTest, ALoadedModelTrainsOnBitForBit) {
  const ModelOptions options = SmallOptions(GetParam());
  Dataset data(options.shape);
  data.Append(RandomRows(300, 2));
  const auto model = MakeDynamicsModel(options);
  model->Train(data);
  StateDict saved;
  model->Save(saved, SaveScope::kContinue);
  ModelOptions other_seed = options;
  other_seed.seed = 99;  // everything that matters must come from the dict
  const auto loaded = MakeDynamicsModel(other_seed);
  loaded->Load(saved, SaveScope::kContinue);
  StateDict a;
  StateDict b;
  EXPECT_EQ(model->Train(data).holdout_mse, loaded->Train(data).holdout_mse);
  model->Save(a, SaveScope::kContinue);
  loaded->Save(b, SaveScope::kContinue);
  EXPECT_EQ(a, b);
  EXPECT_NE(a, saved);
}

TEST_P(EnsembleModelTest, PublishedWeightsPredictTheSameAndCarryNoMoments) {
  const ModelOptions options = SmallOptions(GetParam());
  Dataset data(options.shape);
  data.Append(RandomRows(300, 2));
  const auto model = MakeDynamicsModel(options);
  model->Train(data);
  StateDict weights;
  model->Save(weights, SaveScope::kPredict);
  EXPECT_FALSE(weights.Has("adam_m"));
  const auto copy = MakeDynamicsModel(options);
  copy->Load(weights, SaveScope::kPredict);
  const at::Tensor inputs = torch::ones({2, 3});
  EXPECT_TRUE(copy->Predict(inputs).mean.equal(model->Predict(inputs).mean));
  EXPECT_EQ(copy->elites(), model->elites());
}

INSTANTIATE_TEST_SUITE_P(Kinds, EnsembleModelTest,
                         testing::Values("probabilistic_ensemble", "deterministic_ensemble"));

TEST(EnsembleModelLoadTest, WeightsOfAnotherKindOrShapeAreRefused) {
  StateDict weights;
  MakeDynamicsModel(SmallOptions("probabilistic_ensemble"))->Save(weights, SaveScope::kPredict);
  EXPECT_THROW(
      MakeDynamicsModel(SmallOptions("deterministic_ensemble"))->Load(weights, SaveScope::kPredict),
      CheckpointError);
  ModelOptions wider = SmallOptions("probabilistic_ensemble");
  wider.hidden = {9};
  EXPECT_THROW(MakeDynamicsModel(wider)->Load(weights, SaveScope::kPredict), CheckpointError);
  weights.Put("elites", std::vector<std::int64_t>{0, 4});
  EXPECT_THROW(
      MakeDynamicsModel(SmallOptions("probabilistic_ensemble"))->Load(weights, SaveScope::kPredict),
      CheckpointError);
  ModelOptions unknown = SmallOptions("oracle");
  EXPECT_THROW(MakeDynamicsModel(unknown), ConfigError);
}

}  // namespace
}  // namespace dyna::dynamics
