#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/actors/envs/golden_table.hpp"
#include "tests/actors/envs/test_support.hpp"

namespace dyna::envs {
namespace {

struct Case {
  std::string file;
  std::string env;
  std::vector<std::string> state;
  std::vector<std::string> obs;
  double tolerance = 1e-9;                 ///< relative to max(1, |golden|)
  bool reward_stops_with_episode = false;  ///< pays 0 after the first terminated row
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.file; }

const std::vector<std::string> kCartPole = {"x", "x_dot", "theta", "theta_dot"};
const std::vector<std::string> kCar = {"position", "velocity"};

const Case kCases[] = {
    {"cartpole_v1.csv", "CartPole-v1", kCartPole, kCartPole, 1e-9, true},
    {"cartpole_v1_balanced.csv", "CartPole-v1", kCartPole, kCartPole, 1e-9, true},
    {"cartpole_continuous.csv", "CartPoleContinuous", kCartPole, kCartPole, 1e-9, true},
    {"pendulum_v1.csv",
     "Pendulum-v1",
     {"theta", "theta_dot"},
     {"obs0_cos", "obs1_sin", "obs2_thdot"}},
    {"mountaincar_v0.csv", "MountainCar-v0", kCar, kCar},
    {"mountaincar_continuous_v0.csv", "MountainCarContinuous-v0", kCar, kCar, 1e-15},
    {"acrobot_v1.csv",
     "Acrobot-v1",
     {"theta1", "theta2", "dtheta1", "dtheta2"},
     {"obs0", "obs1", "obs2", "obs3", "obs4", "obs5"}},
};

class GoldenClassicTest : public testing::TestWithParam<Case> {
 protected:
  /// Environment at the state of a row.
  void StartAt(std::size_t row) {
    environment_->Reset(rng_);
    environment_->SetState(golden_.Pick(row, GetParam().state));
  }

  StepResult StepTo(std::size_t row) {
    const double action = golden_.At(row, "action");
    return environment_->Step({&action, 1}, rng_);
  }

  void ExpectNear(const std::vector<double>& actual, const std::vector<double>& golden) const {
    ASSERT_GE(actual.size(), golden.size());
    for (std::size_t i = 0; i < golden.size(); ++i) {
      EXPECT_NEAR(actual[i], golden[i], GetParam().tolerance * std::max(1.0, std::abs(golden[i])))
          << "column " << i;
    }
  }

  /// State, observation and termination of a row. A leaf's snapshot begins with its state.
  void ExpectRow(std::size_t row, const StepResult& result) const {
    ExpectNear(environment_->Snapshot(), golden_.Pick(row, GetParam().state));
    ExpectNear(Observation(*environment_), golden_.Pick(row, GetParam().obs));
    EXPECT_EQ(result.terminated, golden_.At(row, "terminated") != 0.0);
  }

  const GoldenTable golden_ = GoldenTable::Load(GetParam().file);
  std::unique_ptr<Environment> environment_ =
      MakeNamed(GetParam().env, {"env.max_episode_steps=0"});
  Rng rng_{0, "test"};
};

TEST_P(GoldenClassicTest, EveryRowFollowsFromTheRowBefore) {
  ASSERT_EQ(golden_.rows.size(), 201U);
  for (std::size_t row = 1; row < golden_.rows.size(); ++row) {
    SCOPED_TRACE(testing::Message() << "row " << row);
    StartAt(row - 1);
    const StepResult result = StepTo(row);
    ExpectRow(row, result);
    const bool episode_over =
        GetParam().reward_stops_with_episode && golden_.At(row - 1, "terminated") != 0.0;
    if (!episode_over) {
      EXPECT_NEAR(result.reward, golden_.At(row, "reward"), 1e-9);
    }
    if (HasFailure()) return;
  }
}

TEST_P(GoldenClassicTest, TheWholeTrajectoryIsReproduced) {
  StartAt(0);
  for (std::size_t row = 1; row < golden_.rows.size(); ++row) {
    SCOPED_TRACE(testing::Message() << "row " << row);
    const StepResult result = StepTo(row);
    ExpectRow(row, result);
    EXPECT_NEAR(result.reward, golden_.At(row, "reward"), 1e-9);
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Files, GoldenClassicTest, testing::ValuesIn(kCases),
                         [](const auto& instance) {
                           return instance.param.file.substr(0, instance.param.file.find('.'));
                         });

TEST(GoldenClassicFloat32Test, CartPoleObservationsCastToTheGoldenFloats) {
  const GoldenTable golden = GoldenTable::Load("cartpole_v1_balanced.csv");
  const auto environment = MakeNamed("CartPole-v1");
  Rng rng(0, "test");
  environment->Reset(rng);
  environment->SetState(golden.Pick(0, kCartPole));
  for (std::size_t row = 1; row < golden.rows.size(); ++row) {
    const double action = golden.At(row, "action");
    environment->Step({&action, 1}, rng);
    const auto obs = Observation(*environment);
    const auto floats = golden.Pick(row, {"obs0_f32", "obs1_f32", "obs2_f32", "obs3_f32"});
    for (std::size_t i = 0; i < obs.size(); ++i) {
      ASSERT_FLOAT_EQ(static_cast<float>(obs[i]), static_cast<float>(floats[i])) << row;
    }
  }
}

// The same rule without the float32 state: one step differs by that rounding alone.
TEST(GoldenClassicFloat32Test, MountainCarContinuousRoundsItsStateAndNothingElse) {
  const GoldenTable golden = GoldenTable::Load("mountaincar_continuous_v0_f64.csv");
  const auto environment = MakeNamed("MountainCarContinuous-v0");
  Rng rng(0, "test");
  environment->Reset(rng);
  for (std::size_t row = 1; row < golden.rows.size(); ++row) {
    SCOPED_TRACE(testing::Message() << "row " << row);
    environment->SetState(golden.Pick(row - 1, kCar));
    const double action = golden.At(row, "action");
    environment->Step({&action, 1}, rng);
    const auto obs = Observation(*environment);
    const auto exact = golden.Pick(row, kCar);
    for (std::size_t i = 0; i < obs.size(); ++i) {
      ASSERT_NEAR(obs[i], exact[i], 0.6e-7 * std::abs(exact[i]) + 1e-12);
      ASSERT_EQ(obs[i], static_cast<double>(static_cast<float>(obs[i])));
    }
  }
}

}  // namespace
}  // namespace dyna::envs
