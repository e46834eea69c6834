#include "learner/algorithms/dhmbpo/q_bounds.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace dyna::learner::dhmbpo {
namespace {

QBounds::Options Tenth() { return {.gamma = 0.9, .rate = 0.25}; }

TEST(QBoundsTest, TheFirstValuesSetTheBoundsAndLaterOnesMoveThem) {
  QBounds bounds(Tenth());
  bounds.Update(torch::arange(101).to(torch::kFloat32));  // quantiles 1 and 99, over 1 - 0.9
  EXPECT_NEAR(bounds.low(), 10.0, 1e-9);
  EXPECT_NEAR(bounds.high(), 990.0, 1e-9);
  EXPECT_NEAR(bounds.center(), 500.0, 1e-9);
  EXPECT_NEAR(bounds.width(), 490.0, 1e-9);
  bounds.Update(torch::zeros({5}));
  EXPECT_NEAR(bounds.low(), 7.5, 1e-9);
  EXPECT_NEAR(bounds.high(), 742.5, 1e-9);
}

TEST(QBoundsTest, QuantilesAreInterpolatedAsTorchDoes) {
  torch::manual_seed(1);
  for (const std::int64_t size : {1, 2, 7, 1280}) {
    const at::Tensor values = torch::randn({size}, torch::kFloat64);
    QBounds bounds(Tenth());
    bounds.Update(values);
    EXPECT_NEAR(bounds.low(), values.quantile(0.01).item<double>() * 10, 1e-9);
    EXPECT_NEAR(bounds.high(), values.quantile(0.99).item<double>() * 10, 1e-9);
  }
}

TEST(QBoundsTest, NoValuesChangeNothing) {
  QBounds bounds(Tenth());
  bounds.Update(torch::ones({3}));
  bounds.Update(torch::ones({0}));
  EXPECT_NEAR(bounds.low(), 10.0, 1e-9);
}

TEST(QBoundsTest, ALoadedOneGoesOn) {
  QBounds one(Tenth()), two(Tenth());
  one.Update(torch::ones({3}));
  StateDict state;
  one.Save("b/", state);
  two.Load("b/", state);
  two.Update(torch::zeros({3}));  // moves, does not set
  EXPECT_NEAR(two.low(), 7.5, 1e-9);
}

}  // namespace
}  // namespace dyna::learner::dhmbpo
