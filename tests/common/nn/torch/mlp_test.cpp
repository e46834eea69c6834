#include "common/nn/torch/mlp.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "common/core/error.hpp"

namespace dyna::nn {
namespace {

// The same net on autograd in double precision: weights and biases read from the flat buffer in
// layout order.
at::Tensor Reference(const Mlp& mlp, const at::Tensor& flat, const at::Tensor& x) {
  at::Tensor h = x;
  for (std::size_t entry = 0; entry < mlp.layout().entries(); entry += 2) {
    h = torch::matmul(h, mlp.layout().View(flat, entry)) +
        mlp.layout().View(flat, entry + 1).unsqueeze(1);
    if (entry + 2 < mlp.layout().entries()) h = h.relu();
  }
  return h;
}

void Fill(at::Tensor tensor, Rng& rng) {
  for (float& x : FloatSpan(tensor)) x = static_cast<float>(rng.Normal());
}

at::Tensor Leaf(const at::Tensor& tensor) { return tensor.to(at::kDouble).requires_grad_(); }

void ExpectNear(const at::Tensor& actual, const at::Tensor& expected) {
  ASSERT_EQ(actual.sizes(), expected.sizes());
  const double scale = std::max(1.0, expected.abs().max().item<double>());
  EXPECT_LT((actual.to(at::kDouble) - expected).abs().max().item<double>(), 2e-5 * scale);
}

struct Shape {
  std::int64_t members;
  std::vector<std::int64_t> hidden;
  std::int64_t outputs;
};

class MlpGradientTest : public testing::TestWithParam<Shape> {};

TEST_P(MlpGradientTest, ForwardAndBackwardAgreeWithAutograd) {
  const auto [members, hidden, outputs] = GetParam();
  Rng rng(1, "test");
  Mlp mlp({.members = members, .inputs = 7, .hidden = hidden, .outputs = outputs});
  Fill(mlp.parameters(), rng);  // biases too
  Mlp::Tape tape;
  for (const std::int64_t rows : {16, 5, 16, 40}) {  // a tape grows and shrinks with its batch
    // The backward pass may take the first rows only.
    for (const std::int64_t used : {rows, rows / 2}) {
      SCOPED_TRACE(testing::Message() << rows << " rows, " << used << " used");
      at::Tensor x = at::empty({rows, 7}), grad = at::empty({members, used, outputs});
      Fill(x, rng);
      Fill(grad, rng);
      const at::Tensor flat = Leaf(mlp.parameters());
      const at::Tensor expected = Reference(mlp, flat, x.to(at::kDouble));
      (expected.narrow(1, 0, used) * grad).sum().backward();
      const float* output = mlp.Forward(FloatSpan(x).data(), rows, tape);
      ExpectNear(at::from_blob(const_cast<float*>(output), {members, rows, outputs}), expected);
      at::Tensor gradients = at::full({mlp.layout().size()}, 7.0F);
      mlp.Backward(FloatSpan(grad).data(), used, tape, FloatSpan(gradients).data());
      ExpectNear(gradients, flat.grad());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, MlpGradientTest,
                         testing::Values(Shape{1, {33, 20}, 3}, Shape{2, {33, 20}, 3},
                                         Shape{2, {20, 33}, 1}, Shape{1, {1, 18}, 18},
                                         Shape{3, {12}, 1}, Shape{1, {16, 16, 16}, 2}));

class MlpRouteTest : public testing::TestWithParam<Shape> {};

TEST_P(MlpRouteTest, RoutedInputGradientAgreesWithAutograd) {
  const auto [members, hidden, outputs] = GetParam();
  Rng rng(2, "test");
  Mlp mlp({.members = members, .inputs = 7, .hidden = hidden});
  Fill(mlp.parameters(), rng);
  Mlp::Tape tape;
  constexpr std::int64_t kRows = 21, kColumn = 2;
  at::Tensor x = at::empty({kRows, 7});
  Fill(x, rng);
  std::vector<std::int32_t> route(kRows);
  for (const bool mixed : {true, false}) {  // also: one member has no row at all
    at::Tensor index = at::zeros({1, kRows}, at::kLong);
    for (std::size_t b = 0; mixed && b < kRows; ++b) {
      route[b] = static_cast<std::int32_t>(rng.Below(static_cast<std::uint64_t>(members)));
      index[0][static_cast<std::int64_t>(b)] = route[b];
    }
    if (!mixed) std::fill(route.begin(), route.end(), 0);
    const at::Tensor leaf = Leaf(x);
    const at::Tensor output = Reference(mlp, mlp.parameters().to(at::kDouble), leaf).squeeze(2);
    (output.gather(0, index).sum() * -0.25).backward();
    mlp.Forward(FloatSpan(x).data(), kRows, tape);
    at::Tensor grad = at::full({kRows, 7 - kColumn}, 7.0F);
    mlp.RoutedInputGradient(route.data(), -0.25F, kColumn, tape, FloatSpan(grad).data());
    ExpectNear(grad, leaf.grad().narrow(1, kColumn, 7 - kColumn));
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, MlpRouteTest,
                         testing::Values(Shape{1, {33, 20}, 1}, Shape{2, {20, 33}, 1},
                                         Shape{2, {12}, 1}, Shape{3, {16, 17, 18}, 1}));

TEST(MlpTest, GradientAgreesWithFiniteDifferences) {
  Rng rng(2, "test");
  Mlp mlp({.members = 2, .inputs = 3, .hidden = {5}, .outputs = 2});
  Fill(mlp.parameters(), rng);
  at::Tensor x = at::empty({4, 3}), grad = at::empty({2, 4, 2});
  Fill(x, rng);
  Fill(grad, rng);
  Mlp::Tape tape;
  mlp.Forward(FloatSpan(x).data(), 4, tape);
  at::Tensor gradients = at::empty({mlp.layout().size()});
  mlp.Backward(FloatSpan(grad).data(), 4, tape, FloatSpan(gradients).data());
  const at::Tensor flat = mlp.parameters().to(at::kDouble), inputs = x.to(at::kDouble);
  const auto loss = [&] { return (Reference(mlp, flat, inputs) * grad).sum().item<double>(); };
  double* p = flat.data_ptr<double>();
  for (std::int64_t i = 0; i < mlp.layout().size(); ++i) {
    const double kept = p[i];
    constexpr double kStep = 1e-6;
    p[i] = kept + kStep;
    const double up = loss();
    p[i] = kept - kStep;
    const double down = loss();
    p[i] = kept;
    ASSERT_NEAR(gradients[i].item<double>(), (up - down) / (2.0 * kStep), 1e-5) << i;
  }
}

TEST(MlpTest, GlorotWeightsFillTheirBoundsAndBiasesAreZero) {
  Rng rng(3, "test");
  Mlp mlp({.members = 2, .inputs = 50, .hidden = {100}, .outputs = 10});
  mlp.InitGlorot(rng);
  const auto limit = static_cast<float>(std::sqrt(6.0 / 150.0));
  const at::Tensor weight = mlp.layout().View(mlp.parameters(), 0);
  EXPECT_LE(weight.abs().max().item<float>(), limit);
  EXPECT_GT(weight.max().item<float>(), 0.99F * limit);
  EXPECT_LT(weight.min().item<float>(), -0.99F * limit);
  EXPECT_NEAR(weight.var().item<float>(), limit * limit / 3.0F, 0.05F * limit * limit);
  EXPECT_FALSE(at::equal(weight[0], weight[1]));  // members start apart
  EXPECT_EQ(mlp.layout().View(mlp.parameters(), 1).abs().max().item<float>(), 0.0F);
}

TEST(FlatLayoutTest, LoadRefusesOtherShapesOfTheSameSize) {
  FlatLayout layout;
  layout.Add("a", {2, 3});
  layout.Add("b", {4});
  at::Tensor flat = at::arange(10, at::kFloat);
  StateDict state;
  layout.Save("x/", flat, state);
  at::Tensor read = layout.Zeros();
  layout.Load("x/", state, read);
  EXPECT_TRUE(at::equal(read, flat));
  EXPECT_EQ(layout.View(read, 0)[1][2].item<float>(), 5.0F);

  FlatLayout turned;
  turned.Add("a", {3, 2});
  turned.Add("b", {4});
  EXPECT_THROW(turned.Load("x/", state, read), CheckpointError);
  EXPECT_THROW(layout.Load("y/", state, read), CheckpointError);
}

}  // namespace
}  // namespace dyna::nn
