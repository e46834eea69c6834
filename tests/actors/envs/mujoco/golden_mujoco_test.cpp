// Gymnasium's (and mbrl-lib's) environments over MuJoCo 2.2.2, recorded in double precision.
// Another version of MuJoCo may compute other contacts, so the comparison is for 2.2.2 alone.
#include <gtest/gtest.h>
#include <mujoco/mujoco.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "tests/actors/envs/mujoco/golden_trajectory.hpp"
#include "tests/actors/envs/test_support.hpp"

namespace dyna::envs {
namespace {

constexpr double kTolerance = 1e-9;  ///< relative to max(1, |golden|)

struct Case {
  std::string env;
  std::string stem;  ///< of the golden files
  /// Steps until a change of 1e-10 in the start velocities has grown to 1e-6 (golden data's own
  /// measurement, 200 = never): up to there rounding errors of another CPU stay below 1e-9.
  std::size_t horizon = 200;
  std::size_t horizon_b = 200;
  std::string reward = "reward";  ///< column
  std::vector<std::string> settings = {};
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.env << " / " << c.stem; }

// hopper.csv begins with joints exactly on a limit: the sign of a rounding error decides whether
// the limit acts, so it holds for one step.
const Case kCases[] = {
    {"HalfCheetah-v4", "half_cheetah", 35, 5},
    {"Hopper-v4", "hopper", 1, 200},
    {"InvertedPendulum-v4", "inverted_pendulum", 200, 163},
};

/// Largest |a - b| / max(1, |b|).
double Difference(const std::vector<double>& actual, const std::vector<double>& golden) {
  if (actual.size() != golden.size()) return INFINITY;
  double worst = 0.0;
  for (std::size_t i = 0; i < golden.size(); ++i) {
    const double error = std::abs(actual[i] - golden[i]) / std::max(1.0, std::abs(golden[i]));
    worst = std::isnan(error) ? INFINITY : std::max(worst, error);
  }
  return worst;
}

class GoldenMujocoTest : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    if (mj_version() != 222) GTEST_SKIP() << "golden data is of MuJoCo 2.2.2";
    auto settings = GetParam().settings;
    settings.emplace_back("env.max_episode_steps=0");
    environment_ = MakeNamed(GetParam().env, settings);
  }
  /// The worst errors go into the test report: what the tolerance hides is known.
  void TearDown() override {
    std::ostringstream worst;
    worst << "state " << worst_state_ << ", obs " << worst_obs_ << ", reward " << worst_reward_;
    RecordProperty("worst", worst.str());
  }

  void StartAt(const std::vector<double>& state) {
    environment_->Reset(rng_);
    environment_->SetState(state);
  }
  std::vector<double> State() const {
    auto snapshot = environment_->Snapshot();
    snapshot.resize(environment_->spec().state_names.size());
    return snapshot;
  }
  void ExpectState(const std::vector<double>& golden) {
    const double difference = Difference(State(), golden);
    worst_state_ = std::max(worst_state_, difference);
    EXPECT_LE(difference, kTolerance) << "state";
  }
  void ExpectObservation(const std::vector<double>& golden) {
    if (golden.empty()) return;
    const double difference = Difference(Observation(*environment_), golden);
    worst_obs_ = std::max(worst_obs_, difference);
    EXPECT_LE(difference, kTolerance) << "observation";
  }
  void ExpectReward(double reward, double golden) {
    const double difference = Difference({reward}, {golden});
    worst_reward_ = std::max(worst_reward_, difference);
    EXPECT_LE(difference, kTolerance) << "reward " << reward << ", golden " << golden;
  }

  void Follow(const std::string& stem, std::size_t horizon) {
    const GoldenTrajectory golden(stem);
    StartAt(golden.State(0));
    ExpectObservation(golden.Observed(0, "obs"));
    const std::size_t last = std::min(horizon, golden.rows() - 1);
    for (std::size_t row = 1; row <= last && !HasFailure(); ++row) {
      SCOPED_TRACE(testing::Message() << stem << ", row " << row);
      const StepResult result = environment_->Step(golden.Control(row), rng_);
      ExpectState(golden.State(row));
      ExpectObservation(golden.Observed(row, "obs"));
      ExpectReward(result.reward, golden.At(row, GetParam().reward));
      EXPECT_EQ(result.terminated, golden.At(row, "terminated") != 0.0);
    }
  }

  std::unique_ptr<Environment> environment_;
  Rng rng_{0, "test"};
  double worst_state_ = 0.0;
  double worst_obs_ = 0.0;
  double worst_reward_ = 0.0;
};

TEST_P(GoldenMujocoTest, OneStepFromStatesWithContactsAndLimits) {
  const GoldenTable golden = GoldenTable::Load(GetParam().stem + "_onestep.csv");
  ASSERT_GE(golden.rows.size(), 8U);
  for (std::size_t row = 0; row < golden.rows.size(); ++row) {
    SCOPED_TRACE(testing::Message() << "row " << row);
    const auto join = [&](const std::string& prefix) {
      auto state = Numbered(golden, row, prefix + "qpos");
      const auto velocity = Numbered(golden, row, prefix + "qvel");
      state.insert(state.end(), velocity.begin(), velocity.end());
      return state;
    };
    StartAt(join(""));
    environment_->Step(Numbered(golden, row, "ctrl"), rng_);
    ExpectState(join("step_"));
  }
}

TEST_P(GoldenMujocoTest, ATrajectoryFromTheNominalState) {
  Follow(GetParam().stem, GetParam().horizon);
}

TEST_P(GoldenMujocoTest, ATrajectoryFromAPerturbedState) {
  Follow(GetParam().stem + "_b", GetParam().horizon_b);
}

INSTANTIATE_TEST_SUITE_P(Files, GoldenMujocoTest, testing::ValuesIn(kCases),
                         [](const auto& instance) {
                           return instance.param.env.substr(0, instance.param.env.find('-'));
                         });

}  // namespace
}  // namespace dyna::envs
