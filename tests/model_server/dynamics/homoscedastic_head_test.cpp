#include "model_server/dynamics/homoscedastic_head.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

namespace dyna::dynamics {
namespace {

struct Case {
  at::Tensor out = torch::tensor({{1.0F, 2.0F}, {0.0F, -1.0F}});
  at::Tensor target = torch::tensor({{0.0F, 2.5F}, {1.0F, 1.0F}});
  at::Tensor log_std = torch::tensor({0.5F, -8.0F});  // the second is below ln 1e-3 = -6.91
  at::Tensor weights = torch::tensor({0.5F, 3.0F});
};

// (1/2) sum_b w_b sum_d (u - y)^2 e^(-2l) / 2 + max(l, ln 1e-3), term by term.
TEST(HomoscedasticHeadTest, LossIsTheFormulaWorkedOutByHand) {
  const Case c;
  at::Tensor grad_out = torch::empty({2, 2}), grad_log_std = torch::empty({2});
  const HomoscedasticHead head(1e-3);
  const double loss =
      head.LossAndGradient(c.out, c.target, c.log_std, c.weights, grad_out, grad_log_std);
  const double p0 = std::exp(-1.0), p1 = std::exp(16.0), logs = 0.5 + std::log(1e-3);
  const double first = 1.0 * p0 / 2.0 + 0.25 * p1 / 2.0 + logs;
  const double second = 1.0 * p0 / 2.0 + 4.0 * p1 / 2.0 + logs;
  EXPECT_NEAR(loss / (0.5 * (0.5 * first + 3.0 * second)), 1.0, 1e-5);
}

TEST(HomoscedasticHeadTest, GradientsAreThoseOfAutograd) {
  torch::manual_seed(1);
  for (const bool weighted : {true, false}) {
    const at::Tensor out = torch::randn({7, 3}).requires_grad_();
    const at::Tensor log_std = torch::tensor({0.5F, -0.3F, -7.5F}).requires_grad_();
    const at::Tensor target = torch::randn({7, 3});
    const at::Tensor w = weighted ? torch::rand({7}) * 3.0 : torch::ones({7});
    const at::Tensor terms = (out - target).square() / (2.0 * (2.0 * log_std).exp()) +
                             torch::clamp_min(log_std, std::log(1e-3));
    const at::Tensor oracle = (w * terms.sum(1)).mean();
    oracle.backward();
    const torch::NoGradGuard no_grad;
    at::Tensor grad_out = torch::full({7, 3}, 9.0F), grad_log_std = torch::full({3}, 9.0F);
    const double loss = HomoscedasticHead(1e-3).LossAndGradient(
        out, target, log_std, weighted ? w : at::Tensor(), grad_out, grad_log_std);
    EXPECT_NEAR(loss / oracle.item<double>(), 1.0, 1e-5);
    EXPECT_TRUE(grad_out.allclose(out.grad(), 1e-4, 1e-6));
    EXPECT_TRUE(grad_log_std.allclose(log_std.grad(), 1e-4, 1e-5));
  }
}

TEST(HomoscedasticHeadTest, VarianceIsTheMembersOrEachRowsOwn) {
  const HomoscedasticHead head(1e-3);
  const at::Tensor out = torch::zeros({2, 2});
  const at::Tensor rows = torch::tensor({{0.0F, 0.5F}, {1.0F, -0.5F}});
  EXPECT_TRUE(head.Variance(out, rows[1], 2).allclose((2.0 * rows[1]).exp().expand({2, 2})));
  EXPECT_TRUE(head.Variance(out, rows, 2).allclose((2.0 * rows).exp()));
  EXPECT_TRUE(head.Variance(out, head.InitialShared(2), 2).equal(torch::ones({2, 2})));
}

}  // namespace
}  // namespace dyna::dynamics
