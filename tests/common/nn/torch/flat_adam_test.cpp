#include "common/nn/torch/flat_adam.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <array>

#include "common/core/error.hpp"

namespace dyna::nn {
namespace {

FlatLayout TwoTensors() {
  FlatLayout layout;
  layout.Add("weight", {2, 5, 3});
  layout.Add("bias", {2, 3});
  return layout;
}

at::Tensor Gradient(int step) {
  return at::sin(at::arange(36, at::kFloat) * static_cast<double>(step + 1)) * 3.0;
}

void Step(FlatAdam& adam, at::Tensor& parameters, const at::Tensor& gradient) {
  const std::array<const float*, 1> whole = {FloatSpan(gradient).data()};
  adam.Step(FloatSpan(parameters), whole);
}

TEST(FlatAdamTest, StepsAsTorchAdamDoes) {
  const at::Tensor start = at::linspace(-1.0, 1.0, 36, at::kFloat);
  at::Tensor ours = start.clone();
  at::Tensor theirs = start.clone().requires_grad_();
  FlatAdam adam(TwoTensors(), {.learning_rate = 1e-2});
  torch::optim::Adam reference({theirs}, torch::optim::AdamOptions(1e-2));
  for (int step = 0; step < 50; ++step) {
    Step(adam, ours, Gradient(step));
    theirs.mutable_grad() = Gradient(step);
    reference.step();
    ASSERT_LT((ours - theirs).abs().max().item<float>(), 2e-6F) << step;
  }
}

TEST(FlatAdamTest, ALoadedOptimiserContinuesBitForBit) {
  at::Tensor p = at::ones({36});
  FlatAdam adam(TwoTensors(), {});
  for (int step = 0; step < 7; ++step) Step(adam, p, Gradient(step));
  StateDict state;
  adam.Save("adam/", state);
  at::Tensor q = p.clone();
  FlatAdam other(TwoTensors(), {});
  other.Load("adam/", state);
  EXPECT_EQ(other.steps(), 7);
  for (int step = 7; step < 12; ++step) {
    Step(adam, p, Gradient(step));
    Step(other, q, Gradient(step));
  }
  EXPECT_TRUE(at::equal(p, q));
}

// More parameters than one chunk, so that pieces of the work meet.
TEST(FlatAdamTest, PartsAddUpAndAFollowerIsDrawnAfterThem) {
  torch::manual_seed(1);
  FlatLayout layout;
  layout.Add("weight", {9001});
  const at::Tensor start = torch::randn({9001}), first = torch::randn({9001});
  const at::Tensor second = torch::randn({9001}), slow = torch::randn({9001});
  FlatAdam whole(layout, {}), split(layout, {});
  at::Tensor p = start.clone(), q = start.clone(), followed = slow.clone();
  Step(whole, p, first + second);
  const std::array<const float*, 2> parts = {FloatSpan(first).data(), FloatSpan(second).data()};
  split.Step(FloatSpan(q), parts, {.values = FloatSpan(followed), .weight = 0.25});
  EXPECT_TRUE(at::equal(p, q));
  EXPECT_TRUE(at::allclose(followed, slow + 0.25 * (p - slow), 1e-6, 1e-6));
}

TEST(FlatAdamTest, LoadRefusesWhatIsMissingOrImpossible) {
  FlatAdam adam(TwoTensors(), {});
  EXPECT_THROW(adam.Load("adam/", StateDict()), CheckpointError);
  StateDict state;
  adam.Save("adam/", state);
  state.PutScalar<std::int64_t>("adam/steps", -1);
  EXPECT_THROW(adam.Load("adam/", state), CheckpointError);
}

}  // namespace
}  // namespace dyna::nn
