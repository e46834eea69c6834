#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "learner/algorithms/dqn.hpp"
#include "tests/learner/algorithms/fake_batch_source.hpp"

namespace dyna::learner {
namespace {

constexpr int kStates = 6;
constexpr double kGamma = 0.9;

struct Move {
  int next;
  double reward;
  bool terminated;
};

// A corridor: left (0) or right (1). The right end pays 1 and ends; the left wall pays 0.05.
Move Walk(int state, int action) {
  if (action == 0) return {std::max(state - 1, 0), state == 0 ? 0.05 : 0.0, false};
  return {state + 1, state + 1 == kStates ? 1.0 : 0.0, state + 1 == kStates};
}

using Values = std::array<std::array<double, 2>, kStates>;

Values ExactValues() {
  Values q = {};
  for (int sweep = 0; sweep < 500; ++sweep) {
    for (int s = 0; s < kStates; ++s) {
      for (int a = 0; a < 2; ++a) {
        const Move move = Walk(s, a);
        double& value = q[static_cast<std::size_t>(s)][static_cast<std::size_t>(a)];
        value = move.reward;
        if (move.terminated) continue;
        const auto& next = q[static_cast<std::size_t>(move.next)];
        value += kGamma * std::max(next[0], next[1]);
      }
    }
  }
  return q;
}

SampleBatch CorridorRows(Rng& rng) {
  auto rows = TransitionBatch::Zeros(64, {kStates, 1});
  for (Eigen::Index i = 0; i < 64; ++i) {
    const auto state = static_cast<int>(rng.Below(kStates));
    const auto action = static_cast<int>(rng.Below(2));
    const Move move = Walk(state, action);
    rows.obs(i, state) = 1.0F;  // one-hot
    rows.action(i, 0) = static_cast<float>(action);
    rows.reward[i] = static_cast<float>(move.reward);
    rows.next_obs(i, std::min(move.next, kStates - 1)) = 1.0F;
    rows.terminated[i] = move.terminated ? 1.0F : 0.0F;
    rows.truncated[i] = move.terminated ? 0.0F : 1.0F;  // must change nothing
  }
  return UniformBatch(std::move(rows));
}

struct Variant {
  bool double_dqn;
  bool huber;
  double tau;
};

class DqnLearningTest : public testing::TestWithParam<Variant> {};

TEST_P(DqnLearningTest, FindsTheValuesOfValueIteration) {
  const EnvSpec spec = {.name = "Corridor",
                        .observation = Space::Box(std::vector<double>(kStates, 0.0),
                                                  std::vector<double>(kStates, 1.0)),
                        .action = Space::Discrete(2)};
  DqnAlgorithm dqn(spec,
                   {.learning_rate = 3e-3,
                    .gamma = kGamma,
                    .hidden = {32},
                    .target_update_interval = GetParam().tau < 1.0 ? 1 : 50,
                    .tau = GetParam().tau,
                    .double_dqn = GetParam().double_dqn,
                    .huber = GetParam().huber},
                   0);
  FakeBatchSource data([rng = Rng(0, "corridor")]() mutable { return CorridorRows(rng); });
  for (int i = 0; i < 3000; ++i) ASSERT_TRUE(dqn.Update(data).ok());
  const auto layers = dqn.ActWeights().layers;
  const Values exact = ExactValues();
  for (int s = 0; s < kStates; ++s) {
    FloatVector x = FloatVector::Unit(kStates, s);
    const FloatVector hidden = (layers[0].weight * x + layers[0].bias).cwiseMax(0.0F);
    const FloatVector q = layers[1].weight * hidden + layers[1].bias;
    for (int a = 0; a < 2; ++a) {
      EXPECT_NEAR(q[a], exact[static_cast<std::size_t>(s)][static_cast<std::size_t>(a)], 0.02)
          << "state " << s << " action " << a;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Variants, DqnLearningTest,
                         testing::Values(Variant{true, false, 1.0}, Variant{false, false, 1.0},
                                         Variant{true, true, 0.02}));

}  // namespace
}  // namespace dyna::learner
