#include "model_server/dynamics/block_trainer.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

#include "model_server/dynamics/ensemble_score.hpp"
#include "model_server/dynamics/homoscedastic_head.hpp"
#include "model_server/dynamics/row_traits.hpp"

namespace dyna::dynamics {
namespace {

constexpr double kNoise[] = {0.3, 0.1, 0.05};  // reward, then both state columns

ModelOptions Options() {
  ModelOptions options;
  options.kind = "layer_norm_ensemble";
  options.shape = {.obs_columns = 2, .action_columns = 1};
  options.members = 4;
  options.elites = 4;
  options.hidden = {32, 32};
  options.he_init = true;
  options.norm_epsilon = {1.0, 0.1};
  options.dropout = {0.005, 0.0025};
  options.weight_decay = {2.5e-4, 5e-4, 1e-3};
  options.weight_decay_noise = 1e-2;
  options.decay_decoupled = true;
  options.batch_rows = 256;
  options.normalize_targets = true;
  options.normalize_actions = false;
  options.std_min = 1e-4;
  options.reward_noise = 1e-3;
  options.epoch_batches_max = 5;
  options.patience_epochs = 20;
  options.epochs_max = 200;
  return options;
}

Ensemble MakeEnsemble(const ModelOptions& options) {
  return {options, std::make_unique<HomoscedasticHead>(options.noise_std_min)};
}

/// Targets linear in state and action, with Gaussian noise of known spread.
TransitionBatch LinearRows(std::int64_t rows, std::uint64_t seed, double noise = 1.0) {
  Rng rng(seed, "rows");
  auto batch = TransitionBatch::Zeros(rows, {2, 1});
  for (std::int64_t i = 0; i < rows; ++i) {
    const double x = rng.Uniform(-1.0, 1.0), y = rng.Uniform(-1.0, 1.0);
    const double a = rng.Uniform(-1.0, 1.0);
    batch.obs(i, 0) = static_cast<float>(x);
    batch.obs(i, 1) = static_cast<float>(y);
    batch.action(i, 0) = static_cast<float>(a);
    batch.reward(i, 0) = static_cast<float>(x - 2.0 * a + noise * kNoise[0] * rng.Normal());
    batch.next_obs(i, 0) = static_cast<float>(0.9 * x + 0.2 * y + noise * kNoise[1] * rng.Normal());
    batch.next_obs(i, 1) = static_cast<float>(0.7 * y + 0.5 * a + noise * kNoise[2] * rng.Normal());
  }
  return batch;
}

// The best any model can do: the truth without noise, and the noise's own variance. Least squares
// on these rows errs by 4 / 20,000 of the noise; a net with more parameters may err by a little
// more.
TEST(BlockTrainerTest, LearnsALinearGaussianSystemDownToItsNoise) {
  ModelOptions options = Options();
  options.dropout = {};  // is noise too, and would be learned as such
  options.learning_rate = 3e-3;
  options.epochs_max = 600;
  options.patience_epochs = 60;
  Dataset data(options.shape);
  data.Append(LinearRows(20'000, 1));
  Ensemble ensemble = MakeEnsemble(options);
  BlockTrainer trainer(ensemble);
  const TrainReport report = trainer.Train(ensemble, data);
  EXPECT_EQ(report.gradient_steps, 5 * report.epochs);
  Dataset truth(options.shape);
  truth.Append(LinearRows(2000, 99, 0.0));
  std::vector<at::Tensor> means, variances;
  for (std::int64_t e = 0; e < options.members; ++e) {
    const Forecast forecast = ensemble.PredictMember(e, truth.inputs());
    means.push_back(forecast.mean);
    variances.push_back(forecast.variance.mean(0));
  }
  const at::Tensor error = (at::stack(means).mean(0) - truth.targets()).square().mean(0);
  for (std::int64_t d = 0; d < 3; ++d) {
    const double noise = kNoise[d] * kNoise[d];
    EXPECT_LT(error[d].item<double>(), 0.05 * noise) << d;
    for (const at::Tensor& variance : variances) {
      EXPECT_NEAR(variance[d].item<double>() / noise, 1.0, 0.1) << d;
    }
  }
}

TEST(BlockTrainerTest, CapsOnStepsAndEpochsAreKeptAndTheFirstTrainingMayBeLonger) {
  ModelOptions options = Options();
  options.steps_max = 7;
  options.first_training_factor = 3;
  Dataset data(options.shape);
  data.Append(LinearRows(3000, 2));
  Ensemble ensemble = MakeEnsemble(options);
  BlockTrainer capped(ensemble);
  EXPECT_EQ(capped.Train(ensemble, data).gradient_steps, 7);
  ensemble.options.steps_max = 0;
  ensemble.options.epochs_max = 2;
  BlockTrainer trainer(ensemble);
  EXPECT_EQ(trainer.Train(ensemble, data).epochs, 6);
  EXPECT_EQ(trainer.Train(ensemble, data).epochs, 2);
}

TEST(BlockTrainerTest, AnEpochHasNoMoreBatchesThanTheRowsFillOrTheCapAllows) {
  ModelOptions options = Options();
  options.epochs_max = 1;
  options.holdout_fraction = 0.0;
  for (const auto& [rows, steps] : {std::pair{100, 1}, {256, 1}, {1000, 3}, {5000, 5}}) {
    Dataset data(options.shape);
    data.Append(LinearRows(rows, 3));
    Ensemble ensemble = MakeEnsemble(options);
    EXPECT_EQ(BlockTrainer(ensemble).Train(ensemble, data).gradient_steps, steps) << rows;
  }
}

// Nothing beats the old weights: a p-value can hardly be below 1e-9 after steps that only harm.
TEST(BlockTrainerTest, WithoutAnImprovementTheOldWeightsComeBackAndPatienceEndsIt) {
  ModelOptions options = Options();
  Dataset data(options.shape);
  data.Append(LinearRows(3000, 4));
  Ensemble ensemble = MakeEnsemble(options);
  BlockTrainer trainer(ensemble);
  trainer.Train(ensemble, data);
  ensemble.options.learning_rate = 0.5;
  ensemble.options.patience_epochs = 3;
  const at::Tensor before = ensemble.net.params().clone();
  const TrainReport report = trainer.Train(ensemble, data);
  EXPECT_EQ(report.epochs, 4);
  EXPECT_TRUE(ensemble.net.params().equal(before));
}

TEST(BlockTrainerTest, StatisticsAreThoseOfAllRowsWithAFloorAndSpareTheActions) {
  const ModelOptions options = Options();
  auto batch = LinearRows(500, 5);
  batch.obs.col(1).setConstant(3.0F);
  Dataset data(options.shape);
  data.Append(batch);
  Ensemble ensemble = MakeEnsemble(options);
  BlockTrainer(ensemble).Train(ensemble, data);
  const at::Tensor targets = data.targets().to(torch::kFloat64);
  EXPECT_TRUE(ensemble.target.mean().allclose(targets.mean(0)));
  EXPECT_TRUE(ensemble.target.std().allclose(targets.std(0, /*unbiased=*/false)));
  EXPECT_NEAR(ensemble.input.mean()[1].item<double>(), 3.0, 1e-12);
  EXPECT_EQ(ensemble.input.std()[1].item<double>(), 1e-4);
  EXPECT_EQ(ensemble.input.mean()[2].item<double>(), 0.0);
  EXPECT_EQ(ensemble.input.std()[2].item<double>(), 1.0);
}

// Rows for validation have nothing to say about gradients: other values in them, other scores, the
// same weights. (Statistics see all rows, so targets are not normalised here.)
TEST(BlockTrainerTest, ValidationRowsNeverTrainAndStayValidationRows) {
  ModelOptions options = Options();
  options.normalize_targets = false;
  options.epochs_max = 4;
  options.improvement_p = 1.0;  // the last epoch is kept
  options.reset_p = 1.0;
  auto batch = LinearRows(400, 6);
  const auto train_twice = [&] {
    Dataset data(options.shape);
    data.Append(batch);
    data.Append(LinearRows(100, 7));
    Ensemble ensemble = MakeEnsemble(options);
    BlockTrainer trainer(ensemble);
    trainer.Train(ensemble, data);
    const TrainReport report = trainer.Train(ensemble, data);
    return std::pair{ensemble.net.params().clone(), report.holdout_mse[0]};
  };
  const auto [params, error] = train_twice();
  std::int64_t changed = 0;
  for (std::int64_t i = 0; i < 400; ++i) {
    if (!IsValidationRow(options.seed, i, options.holdout_fraction)) continue;
    batch.reward(i, 0) += (++changed % 2 == 0) ? 1e-3F : -1e-3F;
  }
  const auto [same_params, other_error] = train_twice();
  EXPECT_GT(changed, 40);
  EXPECT_TRUE(same_params.equal(params));
  EXPECT_NE(other_error, error);
}

// Members of the same weights see the same mini-batches, and stay equal unless one of these is on.
TEST(BlockTrainerTest, OnlyBootstrapDropoutAndRewardNoiseTellMembersApart) {
  struct Case {
    bool bootstrap;
    std::vector<double> dropout;
    double reward_noise;
    bool same;
  };
  for (const Case& c : {Case{false, {}, 0.0, true}, Case{true, {}, 0.0, false},
                        Case{false, {0.1, 0.1}, 0.0, false}, Case{false, {}, 0.1, false}}) {
    ModelOptions options = Options();
    options.bootstrap = c.bootstrap;
    options.dropout = c.dropout;
    options.reward_noise = c.reward_noise;
    options.epochs_max = 3;
    options.holdout_fraction = 0.0;
    options.members = 2;
    options.elites = 2;
    Dataset data(options.shape);
    data.Append(LinearRows(300, 8));
    Ensemble ensemble = MakeEnsemble(options);
    ensemble.net.params().select(0, 1).copy_(ensemble.net.params().select(0, 0));
    BlockTrainer(ensemble).Train(ensemble, data);
    EXPECT_EQ(ensemble.net.params()[0].allclose(ensemble.net.params()[1], 1e-4, 1e-6), c.same)
        << c.bootstrap << c.dropout.size() << c.reward_noise;
  }
}

}  // namespace
}  // namespace dyna::dynamics
