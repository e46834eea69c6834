#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <vector>

#include "common/nn/layer_norm_kernels.hpp"
#include "model_server/dynamics/dropout.hpp"
#include "model_server/dynamics/ensemble_net.hpp"

namespace dyna::dynamics {
namespace {

const std::vector<double> kEpsilon = {1.0, 0.1, 0.01};

EnsembleNet MakeNet(std::vector<double> dropout = {}) {
  EnsembleNet net(2, {4, 21, 18, 19, 3}, nn::Activation::kSilu,
                  {.norm_epsilon = kEpsilon, .dropout = std::move(dropout), .own = 3});
  Rng rng(1, "net");
  net.InitHe(rng);
  return net;
}

/// The published net in torch's own functions. `masks`: factors of pre-activations per layer.
at::Tensor Naive(const std::vector<at::Tensor>& parameters, at::Tensor x,
                 const std::vector<at::Tensor>& masks = {}) {
  for (std::size_t l = 0; l < 4; ++l) {
    if (l > 0) {
      const at::Tensor centred = x - x.mean(1, true);
      x = centred / (centred.square().mean(1, true) + kEpsilon[l - 1]).sqrt();
    }
    x = x.matmul(parameters[2 * l]) + parameters[2 * l + 1];
    if (l == 3) break;
    if (!masks.empty()) x = x * masks[l];
    x = torch::silu(x);
  }
  return x;
}

std::vector<at::Tensor> Parameters(const EnsembleNet& net, std::int64_t member, bool leaves) {
  std::vector<at::Tensor> parameters;
  for (std::int64_t l = 0; l < net.layers(); ++l) {
    for (const at::Tensor& part : {net.weight(l, member), net.bias(l, member)}) {
      parameters.push_back(part.clone().requires_grad_(leaves));
    }
  }
  return parameters;
}

TEST(LayerNormNetTest, ForwardIsTheNaiveNetWithAnOwnEpsilonBeforeEveryLayerButTheFirst) {
  const EnsembleNet net = MakeNet();
  torch::manual_seed(1);
  const at::Tensor x = torch::randn({9, 4});
  EnsembleNet::Scratch scratch;
  for (std::int64_t e = 0; e < 2; ++e) {
    const at::Tensor oracle = Naive(Parameters(net, e, false), x);
    EXPECT_TRUE(net.Forward(e, x).allclose(oracle, 1e-5, 1e-5));
    EXPECT_TRUE(net.Forward(e, x, scratch).allclose(oracle, 1e-5, 1e-5));
  }
}

TEST(LayerNormNetTest, BackwardMatchesAutogradAndLeavesWhatIsNoLayersAlone) {
  const EnsembleNet net = MakeNet();
  torch::manual_seed(2);
  EnsembleNet::Scratch scratch;
  for (const std::int64_t rows : {8, 3}) {
    const at::Tensor x = torch::randn({rows, 4}), grad_out = torch::randn({rows, 3});
    net.Forward(1, x, scratch);
    at::Tensor grad = torch::full({net.params().size(1)}, 7.0F);
    net.Backward(1, x, grad_out, scratch, grad);
    at::Tensor grad_x = torch::empty({rows, 4});
    net.InputGradient(1, {.begin = 0, .count = rows}, grad_out, scratch, grad_x);

    const auto leaves = Parameters(net, 1, true);
    const at::Tensor leaf_x = x.clone().requires_grad_();
    (Naive(leaves, leaf_x) * grad_out).sum().backward();
    std::vector<at::Tensor> flat;
    for (const at::Tensor& leaf : leaves) flat.push_back(leaf.grad().flatten());
    flat.push_back(torch::full({3}, 7.0F));
    EXPECT_TRUE(grad.allclose(torch::cat(flat), 1e-4, 1e-5));
    EXPECT_TRUE(grad_x.allclose(leaf_x.grad(), 1e-4, 1e-5));
  }
}

// The masks are read off the scratch: a dropped place has slope and activation 0.
TEST(LayerNormNetTest, DropoutCutsPreActivationsInTrainingOnlyAndScalesTheRest) {
  const std::vector<double> rates = {0.5, 0.25, 0.1};
  const EnsembleNet net = MakeNet(rates);
  torch::manual_seed(3);
  const at::Tensor x = torch::randn({200, 4}), grad_out = torch::randn({200, 3});
  EnsembleNet::Scratch scratch;
  Rng rng(1, "dropout");
  const at::Tensor out = net.Forward(0, x, scratch, &rng).clone();
  std::vector<at::Tensor> masks;
  for (std::size_t l = 0; l < 3; ++l) {
    const at::Tensor kept = (scratch.slope[l] != 0.0).to(torch::kFloat32);
    EXPECT_NEAR(1.0 - kept.mean().item<double>(), rates[l], 0.03);
    masks.push_back(kept / (1.0 - rates[l]));
  }
  const auto leaves = Parameters(net, 0, true);
  const at::Tensor oracle = Naive(leaves, x, masks);
  EXPECT_TRUE(out.allclose(oracle, 1e-4, 1e-5));
  at::Tensor grad = torch::empty({net.params().size(1)});
  net.Backward(0, x, grad_out, scratch, grad);
  (oracle * grad_out).sum().backward();
  std::vector<at::Tensor> flat;
  for (const at::Tensor& leaf : leaves) flat.push_back(leaf.grad().flatten());
  const at::Tensor layers = torch::cat(flat);
  EXPECT_TRUE(grad.narrow(0, 0, layers.size(0)).allclose(layers, 1e-3, 1e-4));
  EXPECT_TRUE(net.Forward(0, x).allclose(net.Forward(0, x, scratch), 1e-6, 1e-6));
  EXPECT_FALSE(out.allclose(net.Forward(0, x), 1e-2, 1e-2));
}

TEST(LayerNormNetTest, HeWeightsHaveTheFanInsSpreadAndBiasesTheirs) {
  EnsembleNet net(1, {100, 300, 200}, nn::Activation::kSilu);
  Rng rng(2, "init");
  net.InitHe(rng);
  for (std::int64_t l = 0; l < 2; ++l) {
    const double fan_in = l == 0 ? 100.0 : 300.0;
    EXPECT_NEAR(net.weight(l, 0).square().mean().item<double>() * fan_in, 2.0, 0.06);
    EXPECT_NEAR(net.bias(l, 0).square().mean().item<double>() * fan_in, 0.25, 0.08);
    EXPECT_NEAR(net.weight(l, 0).mean().item<double>(), 0.0, 0.01);
  }
}

TEST(LayerNormNetTest, DecayMayReachBiasesAndWhatIsNoLayers) {
  const EnsembleNet net(1, {1, 2, 1}, nn::Activation::kSilu, {.own = 2});
  const std::vector<double> per_layer = {0.25, 0.5};
  EXPECT_EQ(net.DecayVector({.per_layer = per_layer, .biases = true, .own = 0.125}),
            (std::vector<float>{0.25F, 0.25F, 0.25F, 0.25F, 0.5F, 0.5F, 0.5F, 0.125F, 0.125F}));
}

TEST(DropoutTest, DropsEachPlaceWithTheRateIndependently) {
  constexpr std::int64_t kCount = 1000;
  Rng rng(4, "dropout");
  std::vector<std::int64_t> dropped;
  std::vector<double> hits(kCount, 0.0);
  double pairs = 0.0;
  for (int round = 0; round < 2000; ++round) {
    DrawDropped(0.1, kCount, rng, dropped);
    for (std::size_t i = 0; i < dropped.size(); ++i) {
      hits[static_cast<std::size_t>(dropped[i])] += 1.0 / 2000.0;
      if (i == 0) continue;
      ASSERT_GT(dropped[i], dropped[i - 1]);
      if (dropped[i] == dropped[i - 1] + 1) pairs += 1.0 / (2000.0 * (kCount - 1));
    }
  }
  for (const double share : hits) ASSERT_NEAR(share, 0.1, 0.035);  // five standard errors
  EXPECT_NEAR(pairs, 0.01, 0.0005);
  DrawDropped(0.0, kCount, rng, dropped);
  EXPECT_TRUE(dropped.empty());
}

}  // namespace
}  // namespace dyna::dynamics
