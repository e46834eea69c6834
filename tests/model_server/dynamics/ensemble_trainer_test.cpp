#include "model_server/dynamics/ensemble_trainer.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <numeric>
#include <vector>

#include "common/nn/torch/threads.hpp"
#include "model_server/dynamics/gaussian_head.hpp"
#include "model_server/dynamics/mean_head.hpp"

namespace dyna::dynamics {
namespace {

ModelOptions SmallOptions() {
  ModelOptions options;
  options.shape = {.obs_columns = 1, .action_columns = 1, .termination = Source::kLearned};
  options.members = 3;
  options.elites = 2;
  options.hidden = {8};
  options.weight_decay = {0.1, 0.2};
  options.batch_rows = 32;
  return options;
}

/// s' - s = 0.5 s - a + noise of std `noise`; r = 2 a; the MDP ends where s > 0.5.
TransitionBatch LinearSystem(std::int64_t rows, double noise, std::uint64_t seed) {
  Rng rng(seed, "linear");
  auto batch = TransitionBatch::Zeros(rows, {1, 1});
  for (std::int64_t i = 0; i < rows; ++i) {
    const double s = rng.Uniform(-1.0, 1.0);
    const double a = rng.Uniform(-1.0, 1.0);
    batch.obs(i, 0) = static_cast<float>(s);
    batch.action(i, 0) = static_cast<float>(a);
    batch.reward[i] = static_cast<float>(2.0 * a);
    batch.next_obs(i, 0) = static_cast<float>(s + 0.5 * s - a + noise * rng.Normal());
    batch.terminated[i] = s > 0.5 ? 1.0F : 0.0F;
  }
  return batch;
}

/// The whole objective by autograd: sum over members of NLL + BCE, decay, and the bounds' term.
at::Tensor Objective(const Ensemble& ensemble, const at::Tensor& params, const at::Tensor& shared,
                     const Dataset& data, const std::vector<std::vector<std::int64_t>>& rows) {
  const EnsembleNet& net = ensemble.net;
  at::Tensor total = 0.01 * shared.narrow(0, 0, 2).sum() - 0.01 * shared.narrow(0, 2, 2).sum();
  for (std::int64_t e = 0; e < net.members(); ++e) {
    const at::Tensor index = torch::tensor(rows[static_cast<std::size_t>(e)], torch::kInt64);
    at::Tensor y =
        (data.inputs().index_select(0, index) - ensemble.input.mean()).to(torch::kFloat64) /
        ensemble.input.std();
    const at::Tensor row = params[e];
    std::int64_t at = 0;
    for (std::int64_t l = 0; l < net.layers(); ++l) {
      const auto in = net.weight(l, e).size(0);
      const auto out = net.weight(l, e).size(1);
      const at::Tensor w = row.narrow(0, at, in * out).view({in, out});
      y = y.matmul(w) + row.narrow(0, at + in * out, out);
      if (l + 1 < net.layers()) y = y * torch::sigmoid(y);
      at += in * out + out;
      total = total +
              0.5 * ensemble.options.weight_decay[static_cast<std::size_t>(l)] * w.square().sum();
    }
    const at::Tensor target = data.targets().index_select(0, index).to(torch::kFloat64);
    const at::Tensor log_var =
        SoftClamp(y.narrow(1, 2, 2), shared.narrow(0, 2, 2), shared.narrow(0, 0, 2));
    total = total +
            ((y.narrow(1, 0, 2) - target).square() * torch::exp(-log_var) + log_var).mean() +
            torch::binary_cross_entropy_with_logits(
                y.select(1, 4), data.terminated().index_select(0, index).to(torch::kFloat64));
  }
  return total;
}

// Oracle: autograd of the full objective in float64, with Adam written out. How members and their
// batches are shared out depends on the number of threads.
class EnsembleOptimizerTest : public testing::TestWithParam<int> {
 protected:
  EnsembleOptimizerTest() { nn::SetTorchThreads(GetParam()); }
  ~EnsembleOptimizerTest() override { nn::SetTorchThreads(1); }
};

TEST_P(EnsembleOptimizerTest, StepsAreAdamOnTheFullObjective) {
  const ModelOptions options = SmallOptions();
  Ensemble ensemble(options, std::make_unique<GaussianHead>(0.01));
  EnsembleOptimizer optimizer(ensemble);
  Dataset data(options.shape);
  data.Append(LinearSystem(64, 0.1, 1));
  ensemble.input.Fit(data.inputs(), torch::arange(64, torch::kInt64));

  Rng rng(9, "rows");
  at::Tensor params = ensemble.net.params().to(torch::kFloat64).clone();
  at::Tensor shared = ensemble.shared.to(torch::kFloat64).clone();
  std::vector<at::Tensor> values = {params, shared};
  std::vector<at::Tensor> m = {torch::zeros_like(params), torch::zeros_like(shared)};
  std::vector<at::Tensor> v = {torch::zeros_like(params), torch::zeros_like(shared)};
  for (int t = 1; t <= 5; ++t) {
    MemberRows rows(3, std::vector<std::int64_t>(16));
    for (auto& member : rows) {
      for (auto& row : member) row = static_cast<std::int64_t>(rng.Below(64));
    }
    std::vector<std::span<const std::int64_t>> views(rows.begin(), rows.end());
    optimizer.Step(ensemble, data, views);

    std::vector<at::Tensor> leaves = {values[0].clone().requires_grad_(),
                                      values[1].clone().requires_grad_()};
    Objective(ensemble, leaves[0], leaves[1], data, rows).backward();
    for (std::size_t i = 0; i < 2; ++i) {
      const at::Tensor g = leaves[i].grad();
      m[i] = 0.9 * m[i] + 0.1 * g;
      v[i] = 0.999 * v[i] + 0.001 * g * g;
      values[i] = values[i] - 1e-3 * (m[i] / (1.0 - std::pow(0.9, t))) /
                                  ((v[i] / (1.0 - std::pow(0.999, t))).sqrt() + 1e-8);
    }
    ASSERT_TRUE(ensemble.net.params().to(torch::kFloat64).allclose(values[0], 1e-4, 2e-5)) << t;
    ASSERT_TRUE(ensemble.shared.to(torch::kFloat64).allclose(values[1], 1e-5, 1e-5)) << t;
  }
}

INSTANTIATE_TEST_SUITE_P(Threads, EnsembleOptimizerTest, testing::Values(1, 2, 3, 4));

ModelOptions LearningOptions() {
  ModelOptions options = SmallOptions();
  options.hidden = {32, 32};
  options.weight_decay = {2.5e-5, 5e-5, 1e-4};
  options.learning_rate = 3e-3;
  options.batch_rows = 64;
  return options;
}

TEST(EnsembleTrainerTest, LearnsMeanNoiseRewardAndTerminationOfALinearGaussianSystem) {
  constexpr double kNoise = 0.2;
  const ModelOptions options = LearningOptions();
  Ensemble ensemble(options, std::make_unique<GaussianHead>(0.01));
  EnsembleTrainer trainer(ensemble);
  Dataset data(options.shape);
  data.Append(LinearSystem(4000, kNoise, 2));
  // The hold-out error is that of the means, so variances and terminations settle later.
  trainer.Train(ensemble, data);
  const TrainReport report = trainer.Train(ensemble, data);
  EXPECT_EQ(report.rows, 4000);
  EXPECT_EQ(report.elites.size(), 2U);
  EXPECT_EQ(report.gradient_steps, report.epochs * 50);  // 3,200 training rows in batches of 64
  // The best possible MSE is the noise of one of two targets.
  EXPECT_NEAR(report.holdout_mse_elites, kNoise * kNoise / 2.0, 0.005);

  const at::Tensor probes = torch::tensor({{0.2F, 0.4F}, {-0.8F, -0.5F}, {0.8F, 0.0F}});
  for (const std::int64_t e : report.elites) {
    const Forecast forecast = ensemble.PredictMember(e, probes);
    for (std::int64_t i = 0; i < 3; ++i) {
      const double s = probes[i][0].item<double>();
      const double a = probes[i][1].item<double>();
      EXPECT_NEAR(forecast.mean[i][0].item<double>(), 2.0 * a, 0.1);
      EXPECT_NEAR(forecast.mean[i][1].item<double>(), 0.5 * s - a, 0.08);
      EXPECT_NEAR(std::sqrt(forecast.variance[i][1].item<double>()), kNoise, 0.06);
      EXPECT_LT(forecast.variance[i][0].item<double>(), 0.01);
      EXPECT_NEAR(forecast.termination[i].item<double>(), s > 0.5 ? 1.0 : 0.0, 0.2);
    }
  }
}

// Patience 0 stops after the first epoch without improvement: the last weights are then worse
// than the best in at least one member, and what is left must be the best of each.
TEST(EnsembleTrainerTest, EachMemberEndsAtItsOwnBestEpoch) {
  ModelOptions options = LearningOptions();
  options.learning_rate = 0.05;  // noisy on purpose
  options.patience_epochs = 3;
  Ensemble ensemble(options, std::make_unique<GaussianHead>(0.01));
  EnsembleTrainer trainer(ensemble);
  Dataset data(options.shape);
  data.Append(LinearSystem(400, 0.3, 3));
  const TrainReport stopped = trainer.Train(ensemble, data);

  // The same training, cut after 1, 2, ... epochs: the least hold-out error seen so far must be
  // reached again by the restored member, up to the 1 % below which nothing is snapshotted.
  std::vector<double> best(3, 1e30);
  for (std::int64_t epochs = 1; epochs <= stopped.epochs; ++epochs) {
    ModelOptions cut = options;
    cut.epochs_max = epochs;
    Ensemble other(cut, std::make_unique<GaussianHead>(0.01));
    EnsembleTrainer again(other);
    const TrainReport report = again.Train(other, data);
    for (std::size_t e = 0; e < 3; ++e) {
      EXPECT_LE(report.holdout_mse[e], best[e]);  // never worse than a shorter training
      best[e] = std::min(best[e], report.holdout_mse[e]);
    }
  }
  for (std::size_t e = 0; e < 3; ++e) EXPECT_EQ(stopped.holdout_mse[e], best[e]);
  EXPECT_GT(stopped.epochs, 4);
}

TEST(EnsembleTrainerTest, CapsOnEpochsAndStepsAreKept) {
  ModelOptions options = LearningOptions();
  options.steps_max = 7;
  Dataset data(options.shape);
  data.Append(LinearSystem(400, 0.3, 3));
  Ensemble ensemble(options, std::make_unique<GaussianHead>(0.01));
  const TrainReport report = EnsembleTrainer(ensemble).Train(ensemble, data);  // 5 steps an epoch
  EXPECT_EQ(report.gradient_steps, 7);
  EXPECT_EQ(report.epochs, 2);
}

TEST(EnsembleTrainerTest, ATrainingGoesOnFromTheWeightsAndMomentsOfTheOneBefore) {
  ModelOptions options = LearningOptions();
  options.epochs_max = 2;
  Ensemble ensemble(options, std::make_unique<GaussianHead>(0.01));
  EnsembleTrainer trainer(ensemble);
  Dataset data(options.shape);
  data.Append(LinearSystem(2000, 0.1, 3));
  const double first = trainer.Train(ensemble, data).holdout_mse_elites;
  for (int i = 0; i < 5; ++i) trainer.Train(ensemble, data);
  EXPECT_LT(trainer.Train(ensemble, data).holdout_mse_elites, 0.5 * first);
  StateDict state;
  trainer.Save(state);
  EXPECT_EQ(state.GetScalar<std::int64_t>("adam_step"), 7 * 2 * 25);
}

TEST(EnsembleTrainerTest, ADivergedMemberFallsBackAndCanLearnAgain) {
  ModelOptions options = LearningOptions();
  options.epochs_max = 1;
  Ensemble ensemble(options, std::make_unique<GaussianHead>(0.01));
  EnsembleTrainer trainer(ensemble);
  Dataset data(options.shape);
  auto rows = LinearSystem(200, 0.1, 3);
  rows.reward.setConstant(3e38F);  // its square overflows
  data.Append(rows);
  trainer.Train(ensemble, data);
  EXPECT_TRUE(ensemble.net.params().isfinite().all().item<bool>());
  EXPECT_TRUE(ensemble.shared.isfinite().all().item<bool>());
  Dataset good(options.shape);
  good.Append(LinearSystem(2000, 0.1, 3));
  ensemble.options.epochs_max = 0;
  EXPECT_LT(trainer.Train(ensemble, good).holdout_mse_elites, 0.02);
}

TEST(EnsembleTrainerTest, TheDeterministicEnsembleFitsStandardisedTargetsOnAllRows) {
  ModelOptions options = LearningOptions();
  options.kind = "deterministic_ensemble";
  options.normalize_targets = true;
  options.bootstrap = false;
  options.holdout_fraction = 0.0;
  options.steps_max = 1500;
  Ensemble ensemble(options, std::make_unique<MeanHead>());
  EnsembleTrainer trainer(ensemble);
  Dataset data(options.shape);
  auto rows = LinearSystem(2000, 0.0, 4);
  rows.reward = rows.reward * 1000.0F;  // scales differ: standardised, both are learned
  data.Append(rows);
  const TrainReport report = trainer.Train(ensemble, data);
  EXPECT_EQ(report.gradient_steps, 1500);
  EXPECT_TRUE(report.holdout_mse.empty());
  const Forecast forecast = ensemble.PredictMember(0, torch::tensor({{0.2F, 0.5F}}));
  EXPECT_NEAR(forecast.mean[0][0].item<double>(), 1000.0, 40.0);
  EXPECT_NEAR(forecast.mean[0][1].item<double>(), -0.4, 0.04);
  EXPECT_EQ(forecast.variance.abs().max().item<float>(), 0.0F);
}

}  // namespace
}  // namespace dyna::dynamics
