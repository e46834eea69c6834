#include "learner/algorithms/dhmbpo/critics.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

#include "learner/algorithms/dhmbpo/rollout.hpp"

namespace dyna::learner::dhmbpo {
namespace {

Critics::Options Small() {
  return {.members = 3, .inputs = 4, .hidden = {8, 6, 5}, .dropout = 0.0};
}

/// One critic in double precision: the inputs of all layers but the first are standardised.
double Forward(const std::vector<at::Tensor>& parameters, std::int64_t member,
               const at::Tensor& input) {
  std::vector<double> x;
  for (std::int64_t i = 0; i < input.size(0); ++i) x.push_back(input[i].item<double>());
  for (std::size_t l = 0; 2 * l < parameters.size(); ++l) {
    if (l > 0) {
      double mean = 0.0, var = 0.0;
      for (double& v : x) v = v / (1.0 + std::exp(-v));
      for (const double v : x) mean += v / static_cast<double>(x.size());
      for (const double v : x) var += (v - mean) * (v - mean) / static_cast<double>(x.size());
      for (double& v : x) v = (v - mean) / std::sqrt(var + 1e-5);
    }
    const at::Tensor weight = parameters[2 * l][member], bias = parameters[2 * l + 1][member][0];
    std::vector<double> y;
    for (std::int64_t o = 0; o < weight.size(1); ++o) {
      double sum = bias[o].item<double>();
      for (std::size_t i = 0; i < x.size(); ++i) {
        sum += x[i] * weight[static_cast<std::int64_t>(i)][o].item<double>();
      }
      y.push_back(sum);
    }
    x = y;
  }
  return x.at(0);
}

TEST(CriticsTest, ForwardIsThatOfEachNetAloneWithItsLayerNorms) {
  Rng rng(1, "test");
  Critics critics(Small(), rng);
  critics.online().flat().copy_(Normals(1, critics.online().layout().size(), rng)[0]);
  const at::Tensor input = Normals(5, 4, rng);
  const at::Tensor q = critics.Forward(critics.online().constants(), input, nullptr);
  ASSERT_EQ(q.sizes(), (std::vector<std::int64_t>{3, 5}));
  for (std::int64_t c = 0; c < 3; ++c) {
    for (std::int64_t b = 0; b < 5; ++b) {
      const double expected = Forward(critics.online().constants(), c, input[b]);
      EXPECT_NEAR(q[c][b].item<double>(), expected, 2e-4 * (1.0 + std::abs(expected)));
    }
  }
}

TEST(CriticsTest, StartWithASilentOutputAndHeNormalsBelowIt) {
  Rng rng(1, "test");
  const Critics critics({.members = 5, .inputs = 40, .hidden = {100, 100}, .dropout = 0.0}, rng);
  const auto& values = critics.online().constants();
  ASSERT_EQ(values.size(), 6U);
  const auto spread = [](const at::Tensor& x) { return x.square().mean().sqrt().item<double>(); };
  EXPECT_NEAR(spread(values[0]), std::sqrt(2.0 / 40), 0.01);
  EXPECT_NEAR(spread(values[1]), 0.5 / std::sqrt(40.0), 0.01);
  EXPECT_NEAR(spread(values[2]), std::sqrt(2.0 / 100), 0.01);
  EXPECT_EQ(spread(values[4]), 0.0);
  EXPECT_EQ(spread(values[5]), 0.0);
  EXPECT_TRUE(torch::equal(critics.online().flat(), critics.targets().flat()));
  EXPECT_FALSE(torch::equal(values[0][0], values[0][1])) << "members differ";
}

TEST(CriticsTest, DropoutActsOnHiddenLayersOnlyWhereItIsAsked) {
  Rng rng(1, "test");
  Critics::Options options = Small();
  options.dropout = 0.5;
  Critics critics(options, rng);
  critics.online().flat().copy_(Normals(1, critics.online().layout().size(), rng)[0]);
  const auto& values = critics.online().constants();
  const at::Tensor input = Normals(5, 4, rng);
  const at::Tensor plain = critics.Forward(values, input, nullptr);
  EXPECT_TRUE(torch::equal(plain, critics.Forward(values, input, nullptr)));
  EXPECT_FALSE(torch::equal(plain, critics.Forward(values, input, &rng)));
}

TEST(DropoutMaskTest, DropsTheShareAskedForAndScalesTheRest) {
  for (const double p : {0.0, 1e-3, 0.1, 0.5}) {
    SCOPED_TRACE(testing::Message() << "p=" << p);
    Rng rng(1, "test");
    constexpr double kSize = 200'000;
    const at::Tensor mask = DropoutMask({400, 500}, p, rng);
    const double dropped = (mask == 0.0).sum().item<double>();
    EXPECT_NEAR(dropped, p * kSize, 5 * std::sqrt(kSize * p * (1 - p)));
    EXPECT_NEAR(mask.max().item<double>(), 1.0 / (1.0 - p), 1e-6);
    // Neighbours are dropped independently.
    const at::Tensor flat = (mask == 0.0).reshape({-1}).to(torch::kFloat64);
    const double pairs =
        (flat.narrow(0, 0, 199'999) * flat.narrow(0, 1, 199'999)).sum().item<double>();
    EXPECT_NEAR(pairs, p * p * kSize, 5 * std::sqrt(kSize) * p + 1e-9);
  }
}

}  // namespace
}  // namespace dyna::learner::dhmbpo
