#include <gtest/gtest.h>

#include <cmath>

#include "common/nn/policy.hpp"
#include "learner/algorithms/sac.hpp"
#include "tests/learner/algorithms/fake_batch_source.hpp"

namespace dyna::learner {
namespace {

RowMatrix Greedy(const SacAlgorithm& sac, const RowMatrix& obs) {
  Rng unused(0, "test");
  return nn::Policy(sac.ActWeights()).Act(obs, true, 0.0, unused);
}

// One step, reward -(a - best(s))^2 with best(s) = 3 + s: every action is tried uniformly.
TEST(SacLearningTest, SolvesAOneStepBandit) {
  const EnvSpec spec = {.name = "Bandit",
                        .observation = Space::Box({-1.0}, {1.0}),
                        .action = Space::Box({1.0}, {5.0})};
  for (std::uint64_t seed = 0; seed < 2; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed=" << seed);
    SacAlgorithm sac(spec, {.learning_rate = 3e-3, .hidden = {32, 32}, .target_entropy = -2.0},
                     seed);
    FakeBatchSource data([rng = Rng(seed, "bandit")]() mutable {
      auto rows = TransitionBatch::Zeros(64, {1, 1});
      for (Eigen::Index i = 0; i < 64; ++i) {
        rows.obs(i, 0) = static_cast<float>(rng.Uniform(-1.0, 1.0));
        rows.action(i, 0) = static_cast<float>(rng.Uniform(1.0, 5.0));
        const float off = rows.action(i, 0) - 3.0F - rows.obs(i, 0);
        rows.reward[i] = -off * off;
        rows.terminated[i] = 1.0F;
      }
      return UniformBatch(std::move(rows));
    });
    for (int i = 0; i < 1500; ++i) ASSERT_TRUE(sac.Update(data).ok());
    RowMatrix obs(3, 1);
    obs << -0.8F, 0.0F, 0.8F;
    const RowMatrix action = Greedy(sac, obs);
    for (Eigen::Index i = 0; i < 3; ++i) EXPECT_NEAR(action(i, 0), 3.0F + obs(i, 0), 0.3F);
  }
}

// x' = x + a, reward -(x^2 + a^2 / 2), never terminated: the discounted Riccati equation gives the
// best gain. Every row is truncated, so a learner that cut the bootstrap there would do nothing
// (gain 0: a costs and x^2 is not in its hands).
TEST(SacLearningTest, FindsTheGainOfALinearQuadraticChain) {
  constexpr double kGamma = 0.9;
  double p = 1.0;  // V(x) = -p x^2
  for (int i = 0; i < 200; ++i) p = 1.0 + kGamma * p - std::pow(kGamma * p, 2) / (0.5 + kGamma * p);
  const double gain = kGamma * p / (0.5 + kGamma * p);
  const EnvSpec spec = {.name = "Chain",
                        .observation = Space::Box({-1.0}, {1.0}),
                        .action = Space::Box({-1.0}, {1.0})};
  SacAlgorithm sac(spec,
                   {.learning_rate = 3e-3,
                    .gamma = kGamma,
                    .tau = 0.02,
                    .hidden = {32, 32},
                    .target_entropy = -2.5},
                   0);
  FakeBatchSource data([rng = Rng(0, "chain")]() mutable {
    auto rows = TransitionBatch::Zeros(64, {1, 1});
    for (Eigen::Index i = 0; i < 64; ++i) {
      const double x = rng.Uniform(-1.0, 1.0), a = rng.Uniform(-1.0, 1.0);
      rows.obs(i, 0) = static_cast<float>(x);
      rows.action(i, 0) = static_cast<float>(a);
      rows.next_obs(i, 0) = static_cast<float>(x + a);
      rows.reward[i] = static_cast<float>(-(x * x + 0.5 * a * a));
      rows.truncated[i] = 1.0F;
    }
    return UniformBatch(std::move(rows));
  });
  for (int i = 0; i < 3000; ++i) ASSERT_TRUE(sac.Update(data).ok());
  RowMatrix obs(4, 1);
  obs << -0.8F, -0.4F, 0.4F, 0.8F;
  const RowMatrix action = Greedy(sac, obs);
  for (Eigen::Index i = 0; i < 4; ++i) EXPECT_NEAR(action(i, 0), -gain * obs(i, 0), 0.12);
}

}  // namespace
}  // namespace dyna::learner
