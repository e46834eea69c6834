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
  if (kind == "layer_norm_ensemble") {
    options.hidden = {8, 6};
    options.weight_decay = {1e-3, 1e-3, 1e-3};
    options.norm_epsilon = {1.0, 0.1};
    options.dropout = {0.1, 0.05};
    options.decay_decoupled = true;
    options.reward_noise = 1e-3;
    options.normalize_targets = true;
    options.improvement_p = 0.9;  // snapshots happen
  }
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

/// Trained a little, so that statistics, biases and noise differ between columns and members.
std::unique_ptr<DynamicsModel> TrainedModel(const char* kind) {
  const ModelOptions options = SmallOptions(kind);
  Dataset data(options.shape);
  data.Append(RandomRows(300, 2));
  auto model = MakeDynamicsModel(options);
  model->Train(data);
  return model;
}

TEST_P(EnsembleModelTest, AForecastWithAGraphIsTheOneWithout) {
  const auto model = TrainedModel(GetParam());
  torch::manual_seed(3);
  const at::Tensor inputs = torch::randn({40, 3}).requires_grad_();
  const at::Tensor members = torch::randint(3, {40}, torch::kInt64);  // member 3 has no rows
  const auto* of_row = members.data_ptr<std::int64_t>();
  const Forecast plain = model->PredictRows(inputs.detach(), {of_row, 40});
  const Forecast graph = model->PredictRowsWithGraph(inputs, members);
  EXPECT_TRUE(graph.mean.requires_grad());
  EXPECT_TRUE(graph.mean.allclose(plain.mean, 1e-5, 1e-6));
  EXPECT_TRUE(graph.variance.allclose(plain.variance, 1e-5, 1e-6));
  EXPECT_TRUE(graph.termination.allclose(plain.termination, 1e-5, 1e-6));
  const torch::NoGradGuard no_grad;
  EXPECT_FALSE(model->PredictRowsWithGraph(inputs, members).mean.requires_grad());
}

// Rows do not mix, so one shifted column tells the derivative of every row.
TEST_P(EnsembleModelTest, TheGraphsInputGradientIsThatOfCentralDifferences) {
  const auto model = TrainedModel(GetParam());
  torch::manual_seed(4);
  const at::Tensor inputs = torch::randn({40, 3});
  const at::Tensor members = torch::randint(4, {40}, torch::kInt64);
  const at::Tensor c = torch::randn({40, 7});  // of the sum that is differentiated
  const auto row_sums = [&](const at::Tensor& x) {
    const Forecast f = model->PredictRowsWithGraph(x, members);
    return (at::cat({f.mean, f.variance, f.termination.unsqueeze(1)}, 1) * c).sum(1);
  };
  const at::Tensor leaf = inputs.clone().requires_grad_();
  (2.0 * row_sums(leaf * 1.0)).sum().backward();  // a graph on both sides
  constexpr double kStep = 1e-2;
  for (std::int64_t i = 0; i < 3; ++i) {
    at::Tensor up = inputs.clone(), down = inputs.clone();
    up.select(1, i).add_(kStep);
    down.select(1, i).sub_(kStep);
    const at::Tensor slope = (row_sums(up) - row_sums(down)) / kStep;  // of twice the sum
    EXPECT_TRUE(leaf.grad().select(1, i).allclose(slope, 1e-2, 2e-3))
        << (leaf.grad().select(1, i) - slope).abs().max();
    EXPECT_GT(slope.abs().max().item<double>(), 0.01);
  }
}

TEST_P(EnsembleModelTest, SeveralGraphsLiveAtOnceAndChain) {
  const auto model = TrainedModel(GetParam());
  torch::manual_seed(5);
  const at::Tensor start = torch::randn({16, 2}), action = torch::randn({16, 1});
  const at::Tensor first = torch::randint(4, {16}, torch::kInt64);
  const at::Tensor second = torch::randint(4, {16}, torch::kInt64);
  const auto two_steps = [&](const at::Tensor& obs) {
    const at::Tensor next =
        obs + model->PredictRowsWithGraph(at::cat({obs, action}, 1), first).mean.narrow(1, 1, 2);
    return model->PredictRowsWithGraph(at::cat({next, action}, 1), second).mean.sum(1);
  };
  const at::Tensor leaf = start.clone().requires_grad_();
  two_steps(leaf).sum().backward();
  constexpr double kStep = 1e-2;
  at::Tensor up = start.clone(), down = start.clone();
  up.select(1, 0).add_(kStep);
  down.select(1, 0).sub_(kStep);
  const at::Tensor slope = (two_steps(up) - two_steps(down)) / (2.0 * kStep);
  EXPECT_TRUE(leaf.grad().select(1, 0).allclose(slope, 1e-2, 2e-3));
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
                         testing::Values("probabilistic_ensemble", "deterministic_ensemble",
                                         "layer_norm_ensemble"));

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
