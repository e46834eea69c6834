#include "common/nn/torch/batch_policy.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>

#include "common/nn/policy.hpp"
#include "common/nn/torch/threads.hpp"

namespace dyna::nn {
namespace {

PolicyWeights RandomWeights(PolicyWeights::Kind kind, Activation activation, std::uint64_t seed) {
  Rng rng(seed, "weights");
  PolicyWeights weights;
  weights.kind = kind;
  weights.activation = activation;
  const std::vector<Eigen::Index> sizes = {3, 7, 5, 4};  // 2 actions, or 4 values
  for (std::size_t i = 0; i + 1 < sizes.size(); ++i) {
    DenseLayer layer{.weight = RowMatrix(sizes[i + 1], sizes[i]),
                     .bias = FloatVector(sizes[i + 1])};
    for (Eigen::Index j = 0; j < layer.weight.size(); ++j) {
      layer.weight.data()[j] = static_cast<float>(0.6 * rng.Normal());
    }
    for (auto& bias : layer.bias) bias = static_cast<float>(0.3 * rng.Normal());
    weights.layers.push_back(layer);
  }
  if (kind == PolicyWeights::Kind::kSquashedGaussian) {
    weights.action_center = FloatVector(2);
    weights.action_center << 1.0F, -2.0F;
    weights.action_scale = FloatVector(2);
    weights.action_scale << 0.5F, 3.0F;
  }
  return weights;
}

RowMatrix RandomObs(Eigen::Index rows) {
  Rng rng(1, "obs");
  RowMatrix obs(rows, 3);
  for (Eigen::Index i = 0; i < obs.size(); ++i) obs.data()[i] = static_cast<float>(rng.Normal());
  return obs;
}

at::Tensor AsTensor(const RowMatrix& matrix) {
  return torch::from_blob(const_cast<float*>(matrix.data()), {matrix.rows(), matrix.cols()},
                          torch::kFloat32)
      .clone();
}

TEST(BatchPolicyTest, DeterministicActionsAreThoseOfThePolicyThatActors) {
  const RowMatrix obs = RandomObs(200);
  const TorchGenerator generator(1, "policy");
  for (const auto kind : {PolicyWeights::Kind::kSquashedGaussian, PolicyWeights::Kind::kQValues}) {
    for (const auto activation : {Activation::kRelu, Activation::kTanh, Activation::kSilu}) {
      const PolicyWeights weights = RandomWeights(kind, activation, 2);
      Rng rng(1, "unused");
      const RowMatrix expected = Policy(weights).Act(obs, true, 0.5, rng);
      const at::Tensor actual = BatchPolicy(weights).Act(AsTensor(obs), true, 0.5, generator);
      EXPECT_TRUE(actual.allclose(AsTensor(expected), 1e-5, 1e-5));
    }
  }
}

TEST(BatchPolicyTest, SampledActionsHaveTheMomentsOfTheSquashedGaussian) {
  PolicyWeights weights =
      RandomWeights(PolicyWeights::Kind::kSquashedGaussian, Activation::kTanh, 3);
  SetTorchThreads(1);
  weights.log_std_max = -0.2F;  // binds for some outputs
  const RowMatrix one = RandomObs(1);
  const RowMatrix obs = one.replicate(100000, 1);
  Rng rng(4, "policy");
  const TorchGenerator generator(4, "policy");
  const at::Tensor expected = AsTensor(Policy(weights).Act(obs, false, 0.0, rng));
  const at::Tensor actual = BatchPolicy(weights).Act(AsTensor(obs), false, 0.0, generator);
  EXPECT_TRUE(actual.mean(0).allclose(expected.mean(0), 0.0, 0.03));
  EXPECT_TRUE(actual.std(0).allclose(expected.std(0), 0.02, 0.0));
  EXPECT_LE((actual.select(1, 1) + 2.0).abs().max().item<float>(), 3.0F);
}

TEST(BatchPolicyTest, SampledActionsHaveTheMomentsOfASoftplusStd) {
  PolicyWeights weights =
      RandomWeights(PolicyWeights::Kind::kSquashedGaussian, Activation::kSilu, 3);
  SetTorchThreads(1);
  weights.std_form = StdForm::kSoftplus;
  weights.std_min = 0.1F;
  const RowMatrix obs = RandomObs(1).replicate(100000, 1);
  Rng rng(4, "policy");
  const TorchGenerator generator(4, "policy");
  const at::Tensor expected = AsTensor(Policy(weights).Act(obs, false, 0.0, rng));
  const at::Tensor actual = BatchPolicy(weights).Act(AsTensor(obs), false, 0.0, generator);
  EXPECT_TRUE(actual.mean(0).allclose(expected.mean(0), 0.0, 0.03));
  EXPECT_TRUE(actual.std(0).allclose(expected.std(0), 0.02, 0.0));
}

TEST(BatchPolicyTest, ExploresWithProbabilityEpsilonAndBreaksTiesAtRandom) {
  PolicyWeights weights;
  weights.kind = PolicyWeights::Kind::kQValues;
  weights.layers.push_back({.weight = RowMatrix::Zero(4, 3), .bias = FloatVector(4)});
  weights.layers[0].bias << 1.0F, 5.0F, 5.0F, 2.0F;  // 1 and 2 are the greedy ones
  SetTorchThreads(1);
  constexpr std::int64_t kRows = 100000;
  const TorchGenerator generator(5, "policy");
  const at::Tensor actions =
      BatchPolicy(weights).Act(torch::zeros({kRows, 3}), false, 0.2, generator);
  const auto share = [&](int action) {
    return (actions == action).to(torch::kFloat64).mean().item<double>();
  };
  EXPECT_NEAR(share(0), 0.05, 0.005);  // epsilon / 4
  EXPECT_NEAR(share(1), 0.45, 0.01);
  EXPECT_NEAR(share(2), 0.45, 0.01);
  EXPECT_NEAR(share(3), 0.05, 0.005);
  EXPECT_EQ(actions.sizes().vec(), (std::vector<std::int64_t>{kRows, 1}));
}

}  // namespace
}  // namespace dyna::nn
