// The rules that imagination uses and the environments over MuJoCo must tell the same story,
// although imagination sees float32 observations only.
#include <gtest/gtest.h>

#include <cmath>

#include "common/rules/rules.hpp"
#include "tests/actors/envs/test_support.hpp"

namespace dyna::envs {
namespace {

struct Case {
  std::string env;
  int terminations_min = 0;  ///< in 10,000 random steps; else the comparison says nothing of ends
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.env; }

const Case kCases[] = {{"Ant-v4", 20},
                       {"AntTruncatedObs", 20},
                       {"HalfCheetah-v4"},
                       {"Hopper-v4", 200},
                       {"Humanoid-v4", 200},
                       {"HumanoidTruncatedObs", 200},
                       {"InvertedDoublePendulum-v4", 500},
                       {"InvertedPendulum-v4", 500},
                       {"PetsCartPole"},
                       {"PetsHalfCheetah"},
                       {"PetsPusher"},
                       {"PetsReacher3D"},
                       {"Pusher-v4"},
                       {"Reacher-v4"},
                       {"Swimmer-v4"},
                       {"Walker2d-v4", 200}};

std::vector<double> ThroughFloat32(std::vector<double> values) {
  for (double& value : values) value = static_cast<double>(static_cast<float>(value));
  return values;
}

/// How far the tip of the double pendulum is from the height that ends an episode [m], as the
/// observation [x, sin1, sin2, cos1, cos2, ...] has it. The environment tests the tip as it was
/// during the last substep, millimetres from there.
double TipFromLimit(const std::vector<double>& obs) {
  const double theta1 = std::atan2(obs[1], obs[3]);
  const double theta2 = std::atan2(obs[2], obs[4]);
  return 0.6 * (std::cos(theta1) + std::cos(theta1 + theta2)) - 1.0;
}

class MujocoRulesAgreementTest : public testing::TestWithParam<Case> {};

TEST_P(MujocoRulesAgreementTest, AlongRandomEpisodes) {
  constexpr double kTipLag_m = 0.01;
  const auto environment = MakeNamed(GetParam().env);
  const rules::Rules rules = rules::RulesFor(GetParam().env);
  ASSERT_NE(rules.terminated, nullptr);
  Rng rng(21, "rules");
  environment->Reset(rng);
  int terminations = 0;
  int disagreements = 0;
  for (int step = 0; step < 10000; ++step) {
    SCOPED_TRACE(testing::Message() << "step " << step);
    const auto obs = ThroughFloat32(Observation(*environment));
    auto action = RandomAction(environment->spec().action, rng);
    for (double& value : action) value *= 1.25;  // outside the bounds too
    action = ThroughFloat32(action);
    const StepResult result = environment->Step(action, rng);
    const auto next_obs = ThroughFloat32(Observation(*environment));
    if (rules.terminated(obs, action, next_obs) != result.terminated) {
      ASSERT_EQ(GetParam().env, "InvertedDoublePendulum-v4");
      ASSERT_LT(std::abs(TipFromLimit(next_obs)), kTipLag_m);
      ++disagreements;
    }
    if (rules.reward != nullptr) {
      // Observations of up to 20 rounded to float32 (1e-6), squared and weighted.
      const double reward = rules.reward(obs, action, next_obs);
      ASSERT_NEAR(reward, result.reward, 2e-6 * std::max(1.0, std::abs(result.reward)));
    }
    terminations += result.terminated ? 1 : 0;
    if (result.terminated || result.truncated) environment->Reset(rng);
  }
  EXPECT_GE(terminations, GetParam().terminations_min);
  if (GetParam().terminations_min == 0) {
    EXPECT_EQ(terminations, 0);
  }
  EXPECT_LE(disagreements, 5);
}

INSTANTIATE_TEST_SUITE_P(All, MujocoRulesAgreementTest, testing::ValuesIn(kCases),
                         [](const auto& instance) {
                           return instance.param.env.substr(0, instance.param.env.find('-'));
                         });

}  // namespace
}  // namespace dyna::envs
