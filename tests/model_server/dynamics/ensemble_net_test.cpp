#include "model_server/dynamics/ensemble_net.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <vector>

namespace dyna::dynamics {
namespace {

using nn::Activation;

EnsembleNet MakeNet(Activation activation, std::uint64_t seed) {
  EnsembleNet net(3, {4, 6, 5, 3}, activation);
  Rng rng(seed, "net");
  net.Init(rng);
  for (std::int64_t i = 0; i < net.params().numel(); ++i) {  // biases too
    net.params().view({-1}).data_ptr<float>()[i] += static_cast<float>(0.1 * rng.Normal());
  }
  return net;
}

double ActivateOracle(Activation activation, double x) {
  if (activation == Activation::kRelu) return std::max(x, 0.0);
  return activation == Activation::kTanh ? std::tanh(x) : x / (1.0 + std::exp(-x));
}

/// Forward pass of one row in plain double arithmetic.
std::vector<double> ForwardOracle(const EnsembleNet& net, Activation activation,
                                  std::int64_t member, std::vector<double> x) {
  for (std::int64_t l = 0; l < net.layers(); ++l) {
    const at::Tensor w = net.weight(l, member);
    std::vector<double> y;
    for (std::int64_t j = 0; j < w.size(1); ++j) {
      double sum = net.bias(l, member)[j].item<double>();
      for (std::int64_t i = 0; i < w.size(0); ++i) {
        sum += x[static_cast<std::size_t>(i)] * w[i][j].item<double>();
      }
      y.push_back(l + 1 < net.layers() ? ActivateOracle(activation, sum) : sum);
    }
    x = y;
  }
  return x;
}

class EnsembleNetTest : public testing::TestWithParam<Activation> {};

TEST_P(EnsembleNetTest, ForwardMatchesPlainDoubleArithmeticForEveryMember) {
  const EnsembleNet net = MakeNet(GetParam(), 1);
  const at::Tensor x = torch::tensor({{0.5F, -1.0F, 2.0F, 0.1F}, {3.0F, 0.0F, -2.0F, 1.0F}});
  EnsembleNet::Scratch scratch;
  for (std::int64_t e = 0; e < 3; ++e) {
    const at::Tensor y = net.Forward(e, x);
    EXPECT_TRUE(net.Forward(e, x, scratch).allclose(y, 1e-6, 1e-6));
    for (std::int64_t b = 0; b < 2; ++b) {
      std::vector<double> row;
      for (std::int64_t i = 0; i < 4; ++i) row.push_back(x[b][i].item<double>());
      const auto oracle = ForwardOracle(net, GetParam(), e, row);
      for (std::int64_t j = 0; j < 3; ++j) {
        EXPECT_NEAR(y[b][j].item<double>(), oracle[static_cast<std::size_t>(j)], 1e-5);
      }
    }
  }
}

// Oracle: autograd of the same net written with torch functions on leaf tensors.
TEST_P(EnsembleNetTest, BackwardMatchesAutogradForAnyBatchSizeAndMember) {
  const EnsembleNet net = MakeNet(GetParam(), 2);
  torch::manual_seed(5);
  EnsembleNet::Scratch scratch;
  for (const std::int64_t rows : {8, 3, 11}) {  // a smaller batch reuses the scratch
    for (std::int64_t e = 0; e < 3; ++e) {
      const at::Tensor x = torch::randn({rows, 4});
      const at::Tensor grad_out = torch::randn({rows, 3});
      net.Forward(e, x, scratch);
      at::Tensor grad = torch::full({net.params().size(1)}, 7.0F);  // must be overwritten
      net.Backward(e, x, grad_out, scratch, grad);

      std::vector<at::Tensor> leaves;
      at::Tensor y = x;
      for (std::int64_t l = 0; l < net.layers(); ++l) {
        leaves.push_back(net.weight(l, e).clone().requires_grad_());
        leaves.push_back(net.bias(l, e).clone().requires_grad_());
        y = y.matmul(leaves[leaves.size() - 2]) + leaves.back();
        if (l + 1 == net.layers()) break;
        y = GetParam() == Activation::kRelu   ? torch::relu(y)
            : GetParam() == Activation::kTanh ? torch::tanh(y)
                                              : y * torch::sigmoid(y);
      }
      (y * grad_out).sum().backward();
      std::vector<at::Tensor> flat;
      for (const auto& leaf : leaves) flat.push_back(leaf.grad().flatten());
      EXPECT_TRUE(grad.allclose(torch::cat(flat), 1e-4, 1e-5));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Activations, EnsembleNetTest,
                         testing::Values(Activation::kRelu, Activation::kTanh, Activation::kSilu));

// A standard normal cut at +-2 has variance 1 - 4 phi(2) / (2 Phi(2) - 1) = 0.77374.
TEST(EnsembleNetInitTest, WeightsAreTruncatedNormalsOfTheFanInAndBiasesZero) {
  EnsembleNet net(2, {100, 400, 30}, Activation::kSilu);
  Rng rng(3, "init");
  net.Init(rng);
  for (std::int64_t e = 0; e < 2; ++e) {
    for (std::int64_t l = 0; l < 2; ++l) {
      const at::Tensor w = net.weight(l, e).to(torch::kFloat64);
      const double std = 1.0 / (2.0 * std::sqrt(static_cast<double>(w.size(0))));
      EXPECT_NEAR(w.mean().item<double>() / std, 0.0, 0.03);
      EXPECT_NEAR(w.square().mean().item<double>() / (std * std), 0.77374, 0.03);
      EXPECT_LE(w.abs().max().item<double>(), 2.0 * std * 1.0001);
      EXPECT_GT(w.abs().max().item<double>(), 1.9 * std);
      EXPECT_EQ(net.bias(l, e).abs().sum().item<float>(), 0.0F);
    }
  }
  EXPECT_FALSE(net.weight(0, 0).equal(net.weight(0, 1)));
}

TEST(EnsembleNetInitTest, DecayAppliesToTheWeightsOfEachLayerOnly) {
  EnsembleNet net(1, {2, 3, 1}, Activation::kSilu);
  const auto decay = net.DecayVector({.per_layer = std::vector<double>{0.25, 0.5}});
  EXPECT_EQ(decay, (std::vector<float>{0.25F, 0.25F, 0.25F, 0.25F, 0.25F, 0.25F, 0, 0, 0,  // 2x3
                                       0.5F, 0.5F, 0.5F, 0}));
  net.params().fill_(2.0F);
  EXPECT_EQ(net.weight(1, 0).sum().item<float>(), 6.0F);
}

}  // namespace
}  // namespace dyna::dynamics
