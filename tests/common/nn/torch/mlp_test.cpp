#include "common/nn/torch/mlp.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

#include "common/core/error.hpp"

namespace dyna::nn {
namespace {

// The same net on autograd: weights and biases read from the flat buffer in layout order.
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
  at::Tensor draws = at::empty(tensor.sizes(), at::kDouble);
  for (std::int64_t i = 0; i < draws.numel(); ++i) draws.data_ptr<double>()[i] = rng.Normal();
  tensor.copy_(draws);
}

class MlpGradientTest : public testing::TestWithParam<std::pair<std::int64_t, at::ScalarType>> {};

TEST_P(MlpGradientTest, ForwardAndBackwardAgreeWithAutograd) {
  const auto [members, type] = GetParam();
  const double tolerance = type == at::kDouble ? 1e-12 : 1e-5;
  Rng rng(1, "test");
  Mlp mlp({.members = members, .inputs = 7, .hidden = {33, 20}, .outputs = 3, .type = type});
  Fill(mlp.parameters(), rng);  // biases too
  Mlp::Tape tape;
  for (const std::int64_t rows : {16, 5, 16}) {  // a tape grows and shrinks with its batch
    SCOPED_TRACE(rows);
    at::Tensor x = at::empty({rows, 7}, type), grad = at::empty({members, rows, 3}, type);
    Fill(x, rng);
    Fill(grad, rng);
    at::Tensor flat = mlp.parameters().clone().requires_grad_();
    at::Tensor x_leaf = x.clone().requires_grad_();
    const at::Tensor expected = Reference(mlp, flat, x_leaf);
    (expected * grad).sum().backward();

    EXPECT_TRUE(at::allclose(mlp.Forward(x, tape), expected, tolerance, tolerance));
    const at::Tensor before = mlp.gradients().clone();
    const at::Tensor input_grad = mlp.InputGradient(grad, 2, tape);
    EXPECT_TRUE(at::equal(mlp.gradients(), before));
    const double input_scale = x_leaf.grad().abs().max().item<double>();
    EXPECT_LT((input_grad - x_leaf.grad().narrow(1, 2, 5)).abs().max().item<double>(),
              tolerance * input_scale);
    mlp.Backward(grad, tape);
    const double scale = flat.grad().abs().max().item<double>();
    EXPECT_LT((mlp.gradients() - flat.grad()).abs().max().item<double>(), tolerance * scale);
  }
}

INSTANTIATE_TEST_SUITE_P(MembersAndTypes, MlpGradientTest,
                         testing::Values(std::pair{1, at::kFloat}, std::pair{2, at::kFloat},
                                         std::pair{1, at::kDouble}, std::pair{3, at::kDouble}));

TEST(MlpTest, GradientAgreesWithFiniteDifferences) {
  Rng rng(2, "test");
  Mlp mlp({.members = 2, .inputs = 3, .hidden = {5}, .outputs = 2, .type = at::kDouble});
  Fill(mlp.parameters(), rng);
  at::Tensor x = at::empty({4, 3}, at::kDouble), grad = at::empty({2, 4, 2}, at::kDouble);
  Fill(x, rng);
  Fill(grad, rng);
  Mlp::Tape tape;
  const auto loss = [&] { return (mlp.Forward(x, tape) * grad).sum().item<double>(); };
  loss();
  mlp.Backward(grad, tape);
  double* p = mlp.parameters().data_ptr<double>();
  for (std::int64_t i = 0; i < mlp.layout().size(); ++i) {
    const double kept = p[i];
    constexpr double kStep = 1e-6;
    p[i] = kept + kStep;
    const double up = loss();
    p[i] = kept - kStep;
    const double down = loss();
    p[i] = kept;
    ASSERT_NEAR(mlp.gradients()[i].item<double>(), (up - down) / (2.0 * kStep), 1e-6) << i;
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
