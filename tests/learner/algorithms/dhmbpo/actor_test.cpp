#include "learner/algorithms/dhmbpo/actor.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <numbers>

#include "common/nn/policy.hpp"
#include "learner/algorithms/dhmbpo/rollout.hpp"

namespace dyna::learner::dhmbpo {
namespace {

/// The net in double precision, by its published layers.
Eigen::VectorXd Forward(const std::vector<nn::DenseLayer>& layers, Eigen::VectorXd x) {
  for (std::size_t l = 0; l < layers.size(); ++l) {
    if (l > 0) x = x.array() / (1.0 + (-x.array()).exp());
    x = layers[l].weight.cast<double>() * x + layers[l].bias.cast<double>();
  }
  return x;
}

Eigen::VectorXd RowOf(const at::Tensor& tensor, std::int64_t row) {
  const at::Tensor values = tensor[row].to(torch::kFloat64).contiguous();
  return Eigen::Map<const Eigen::VectorXd>(values.data_ptr<double>(), values.size(0));
}

TEST(ActorTest, ActionsAndDensitiesAreThoseOfTheSquashedGaussian) {
  Rng rng(1, "test");
  const Actor actor(3, 2, {8, 8}, rng);
  const at::Tensor obs = Normals(20, 3, rng), noise = Normals(20, 2, rng);
  const ActionDraw draw = actor.Draw(obs, noise);
  for (std::int64_t b = 0; b < 20; ++b) {
    const Eigen::VectorXd out = Forward(actor.Layers(), RowOf(obs, b));
    const Eigen::VectorXd eps = RowOf(noise, b);
    double log_prob = 0.0;
    for (Eigen::Index j = 0; j < 2; ++j) {
      const double std = std::log1p(std::exp(out[2 + j])) + 1e-5;
      const double x = out[j] + std * eps[j];
      EXPECT_NEAR(draw.action[b][j].item<double>(), std::tanh(x), 1e-5);
      // The density of x, over the slope of a = tanh(x).
      log_prob += -0.5 * std::pow((x - out[j]) / std, 2) -
                  std::log(std * std::sqrt(2 * std::numbers::pi)) -
                  std::log(1 - std::tanh(x) * std::tanh(x));
    }
    EXPECT_NEAR(draw.log_prob[b].item<double>(), log_prob, 2e-4);
  }
}

TEST(ActorTest, DensitiesStayFiniteWhereTanhRoundsToOne) {
  Rng rng(1, "test");
  const Actor actor(1, 1, {4}, rng);
  const ActionDraw draw = actor.Draw(torch::zeros({2, 1}), torch::tensor({{60.0F}, {-60.0F}}));
  EXPECT_EQ(draw.action.abs().min().item<float>(), 1.0F);
  EXPECT_TRUE(draw.log_prob.isfinite().all().item<bool>());
}

TEST(ActorTest, StartsOrthogonalWithZeroBiasesInEveryLayer) {
  Rng rng(1, "test");
  const Actor actor(3, 2, {16, 16}, rng);
  for (const nn::DenseLayer& layer : actor.Layers()) {
    const Eigen::MatrixXd w = layer.weight.cast<double>();
    const Eigen::MatrixXd gram = w.rows() < w.cols() ? Eigen::MatrixXd(w * w.transpose())
                                                     : Eigen::MatrixXd(w.transpose() * w);
    EXPECT_LT((gram - Eigen::MatrixXd::Identity(gram.rows(), gram.cols())).cwiseAbs().maxCoeff(),
              1e-6);
    EXPECT_EQ(layer.bias, FloatVector::Zero(layer.bias.size()));
  }
}

TEST(FoldNormalizerTest, EqualsExplicitNormalisation) {
  Rng rng(1, "test");
  const Actor actor(3, 2, {8, 8}, rng);
  FloatVector mean(3), std(3);
  mean << 1000.0F, -2.0F, 0.0F;
  std << 0.5F, 30.0F, 1.0F;
  const auto folded = FoldNormalizer(actor.Layers(), mean, std);
  for (int i = 0; i < 20; ++i) {
    Eigen::VectorXd obs(3);
    for (Eigen::Index j = 0; j < 3; ++j) obs[j] = mean[j] + std[j] * rng.Normal();
    const Eigen::VectorXd normal = (obs - mean.cast<double>()).cwiseQuotient(std.cast<double>());
    EXPECT_LT((Forward(folded, obs) - Forward(actor.Layers(), normal)).cwiseAbs().maxCoeff(), 2e-3);
  }
}

}  // namespace
}  // namespace dyna::learner::dhmbpo
