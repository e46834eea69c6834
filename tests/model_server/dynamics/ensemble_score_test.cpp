#include "model_server/dynamics/ensemble_score.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

#include "model_server/dynamics/homoscedastic_head.hpp"

namespace dyna::dynamics {
namespace {

Ensemble TwoMembers() {
  ModelOptions options;
  options.shape = {.obs_columns = 1, .action_columns = 1};
  options.members = 2;
  options.elites = 2;
  options.hidden = {3};
  return {options, std::make_unique<HomoscedasticHead>(1e-3)};
}

// Column 0: means 1 and 3, target 5, log-stds 0.1 and 0.3: e = 3, v = 2 + exp(0.4).
// Column 1: means equal, target hit, log-stds 0: e = 0, v = 1.
TEST(EnsembleScoreTest, IsTheMomentMatchedLogDensityWorkedOutByHand) {
  const Ensemble ensemble = TwoMembers();
  ensemble.net.own().copy_(torch::tensor({{0.1F, 0.0F}, {0.3F, 0.0F}}));
  const at::Tensor means = torch::tensor({{{1.0F, 4.0F}}, {{3.0F, 4.0F}}});
  const at::Tensor target = torch::tensor({{5.0F, 4.0F}});
  const double v = 2.0 + std::exp(0.4);
  const auto scores = RowScores(ensemble, means, target);
  ASSERT_EQ(scores.size(), 1U);
  EXPECT_NEAR(scores[0], 9.0 / (2.0 * v) + 0.5 * std::log(v), 1e-6);
  const auto errors = MemberErrors(means, target);
  EXPECT_NEAR(errors[0], 8.0, 1e-6);
  EXPECT_NEAR(errors[1], 2.0, 1e-6);
}

TEST(EnsembleScoreTest, MeansOfMoreRowsThanABlockAreEachMembersOutputs) {
  const Ensemble ensemble = TwoMembers();
  torch::manual_seed(2);
  const at::Tensor inputs = torch::randn({1100, 2});
  const at::Tensor means = MemberMeans(ensemble, inputs);
  for (std::int64_t e = 0; e < 2; ++e) {
    EXPECT_TRUE(means[e].allclose(ensemble.net.Forward(e, inputs), 1e-5, 1e-6));
  }
}

}  // namespace
}  // namespace dyna::dynamics
