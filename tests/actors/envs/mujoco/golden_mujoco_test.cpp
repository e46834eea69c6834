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
/// The humanoid's solver stops before it has converged, so it remembers where it began: the single
/// steps were recorded after a forward pass with the controls set, an environment makes that pass
/// after a reset without them. golden_model_test.cpp repeats the recording itself, at 1e-9.
constexpr double kHumanoidStep = 1e-5;
/// Contacts with the cylinder come from an iterative collider of this tolerance.
constexpr double kCylinder = 1e-6;

struct Case {
  std::string env;
  std::string stem;  ///< of the golden files
  /// Steps until a change of 1e-10 in the start velocities has grown to 1e-6 (golden data's own
  /// measurement, 200 = never): up to there rounding errors of another CPU stay below 1e-9.
  std::size_t horizon = 200;
  std::size_t horizon_b = 200;
  std::string reward = "reward";  ///< column
  std::string cost = "";          ///< column to take off the reward
  std::string obs_before = "";    ///< column of the state file observed before the recorded ones
  std::string obs_after = "";     ///< columns of the observation file observed after them
  std::vector<std::string> settings = {};
  double onestep_tolerance = kTolerance;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.env << " / " << c.stem; }

// hopper.csv and walker2d.csv begin with joints exactly on a limit: the sign of a rounding error
// decides whether the limit acts, so they hold for one step.
const Case kCases[] = {
    {.env = "Ant-v4", .stem = "ant", .horizon = 36, .horizon_b = 49},
    {.env = "Ant-v4",
     .stem = "ant",
     .horizon = 36,
     .horizon_b = 49,
     .cost = "contact_cost",
     .obs_after = "cfrc_ext_clipped",
     .settings = {"env.use_contact_forces=true"}},
    {.env = "AntTruncatedObs",
     .stem = "ant",
     .horizon = 36,
     .horizon_b = 49,
     .reward = "reward_mbpo_truncated"},
    {.env = "HalfCheetah-v4", .stem = "half_cheetah", .horizon = 35, .horizon_b = 5},
    {.env = "Hopper-v4", .stem = "hopper", .horizon = 1},
    {.env = "Humanoid-v4", .stem = "humanoid", .onestep_tolerance = kHumanoidStep},
    {.env = "HumanoidTruncatedObs",
     .stem = "humanoid",
     .reward = "reward_mbpo_truncated",
     .onestep_tolerance = kHumanoidStep},
    {.env = "InvertedDoublePendulum-v4",
     .stem = "inverted_double_pendulum",
     .horizon = 52,
     .horizon_b = 58},
    {.env = "InvertedPendulum-v4", .stem = "inverted_pendulum", .horizon_b = 163},
    {.env = "PetsCartPole", .stem = "pets_cartpole", .horizon_b = 193},
    {.env = "PetsHalfCheetah",
     .stem = "half_cheetah",
     .horizon = 35,
     .horizon_b = 5,
     .obs_before = "x_velocity"},
    {.env = "PetsPusher", .stem = "pets_pusher", .onestep_tolerance = kCylinder},
    {.env = "PetsReacher3D", .stem = "pets_reacher3d"},
    {.env = "Pusher-v4", .stem = "pusher", .onestep_tolerance = kCylinder},
    {.env = "Reacher-v4", .stem = "reacher", .horizon = 141},
    {.env = "Swimmer-v4", .stem = "swimmer"},
    {.env = "Walker2d-v4", .stem = "walker2d", .horizon = 1},
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
  void ExpectState(const std::vector<double>& golden, double tolerance = kTolerance) {
    const double difference = Difference(State(), golden);
    worst_state_ = std::max(worst_state_, difference);
    EXPECT_LE(difference, tolerance) << "state";
  }
  void ExpectObservation(const GoldenTrajectory& trajectory, std::size_t row) {
    auto golden = trajectory.Observed(row, "obs");
    if (golden.empty()) return;
    if (!GetParam().obs_before.empty()) {
      const double first = row == 0 ? 0.0 : trajectory.At(row, GetParam().obs_before);
      golden.insert(golden.begin(), first);
    }
    const auto last = trajectory.Observed(row, GetParam().obs_after);
    if (!GetParam().obs_after.empty()) golden.insert(golden.end(), last.begin(), last.end());
    // The truncated observations are the first columns of the whole ones.
    golden.resize(static_cast<std::size_t>(environment_->spec().observation.columns()), INFINITY);
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
    ExpectObservation(golden, 0);
    const std::size_t last = std::min(horizon, golden.rows() - 1);
    for (std::size_t row = 1; row <= last && !HasFailure(); ++row) {
      SCOPED_TRACE(testing::Message() << stem << ", row " << row);
      const StepResult result = environment_->Step(golden.Control(row), rng_);
      ExpectState(golden.State(row));
      ExpectObservation(golden, row);
      const double cost = GetParam().cost.empty() ? 0.0 : golden.At(row, GetParam().cost);
      ExpectReward(result.reward, golden.At(row, GetParam().reward) - cost);
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
    ExpectState(join("step_"), GetParam().onestep_tolerance);
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
                           return instance.param.env.substr(0, instance.param.env.find('-')) +
                                  (instance.param.settings.empty() ? "" : "WithForces");
                         });

}  // namespace
}  // namespace dyna::envs
