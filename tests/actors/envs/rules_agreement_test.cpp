// The rules that imagination uses and the environments must tell the same story, although
// imagination sees float32 observations.
#include <gtest/gtest.h>

#include <numbers>

#include "common/rules/rules.hpp"
#include "tests/actors/envs/test_support.hpp"

namespace dyna::envs {
namespace {

struct Case {
  std::string env;
  std::vector<double> low;  ///< of the states to begin a step from
  std::vector<double> high;
  double reward_tolerance = 0.0;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.env; }

constexpr double kPi = std::numbers::pi;
// Pendulum: a cos and sin rounded to float32 (3e-8 each) move the angle by up to 4.3e-8, its square
// by 2 pi as much; theta_dot <= 8 rounds by 2.4e-7 and enters as 0.1 theta_dot^2: 4e-7 more.
const Case kCases[] = {
    {"Acrobot-v1", {-kPi, -kPi, -12.0, -28.0}, {kPi, kPi, 12.0, 28.0}},
    {"CartPole-v1", {-2.4, -3.0, -0.21, -3.0}, {2.4, 3.0, 0.21, 3.0}},
    {"CartPoleContinuous", {-2.4, -3.0, -0.21, -3.0}, {2.4, 3.0, 0.21, 3.0}},
    {"MountainCar-v0", {-1.2, -0.07}, {0.6, 0.07}},
    {"MountainCarContinuous-v0", {-1.2, -0.07}, {0.6, 0.07}, 1e-6},
    {"Pendulum-v1", {-4.0 * kPi, -8.0}, {4.0 * kPi, 8.0}, 1e-6},
};

std::vector<double> ThroughFloat32(std::vector<double> values) {
  for (double& value : values) value = static_cast<double>(static_cast<float>(value));
  return values;
}

class RulesAgreementTest : public testing::TestWithParam<Case> {
 protected:
  /// One step from where the environment is; counts terminations.
  void StepAndCompare(Rng& rng) {
    const auto obs = ThroughFloat32(Observation(*environment_));
    auto action = RandomAction(environment_->spec().action, rng);
    if (!environment_->spec().action.discrete()) {
      for (double& value : action) value *= 1.5;  // outside the bounds too
    }
    action = ThroughFloat32(action);
    const StepResult result = environment_->Step(action, rng);
    const auto next_obs = ThroughFloat32(Observation(*environment_));
    const rules::Rules rules = rules::RulesFor(GetParam().env);
    ASSERT_EQ(rules.terminated(obs, action, next_obs), result.terminated);
    ASSERT_NEAR(rules.reward(obs, action, next_obs), result.reward, GetParam().reward_tolerance);
    terminations_ += result.terminated ? 1 : 0;
    ended_ = result.terminated || result.truncated;
  }

  std::unique_ptr<Environment> environment_ = MakeNamed(GetParam().env);
  int terminations_ = 0;
  bool ended_ = false;
};

TEST_P(RulesAgreementTest, AlongRandomEpisodes) {
  Rng rng(11, "rules");
  environment_->Reset(rng);
  for (int step = 0; step < 10000; ++step) {
    SCOPED_TRACE(testing::Message() << "step " << step);
    StepAndCompare(rng);
    if (HasFatalFailure()) return;
    if (ended_) environment_->Reset(rng);
  }
}

TEST_P(RulesAgreementTest, FromStatesAllOverTheSpace) {
  Rng rng(12, "rules");
  for (int step = 0; step < 10000; ++step) {
    SCOPED_TRACE(testing::Message() << "step " << step);
    std::vector<double> state;
    for (std::size_t i = 0; i < GetParam().low.size(); ++i) {
      state.push_back(rng.Uniform(GetParam().low[i], GetParam().high[i]));
    }
    environment_->Reset(rng);
    environment_->SetState(state);
    StepAndCompare(rng);
    if (HasFatalFailure()) return;
  }
  if (GetParam().env == "Pendulum-v1") {
    EXPECT_EQ(terminations_, 0);
  } else {
    EXPECT_GT(terminations_, 100);  // else the comparison says nothing about ends
    EXPECT_LT(terminations_, 9900);
  }
}

INSTANTIATE_TEST_SUITE_P(All, RulesAgreementTest, testing::ValuesIn(kCases),
                         [](const auto& instance) {
                           return instance.param.env.substr(0, instance.param.env.find('-'));
                         });

}  // namespace
}  // namespace dyna::envs
