// What every environment promises. A new leaf is tested by being registered.
#include <gtest/gtest.h>

#include <cctype>
#include <cmath>
#include <limits>
#include <set>

#include "common/core/error.hpp"
#include "tests/actors/envs/test_support.hpp"

namespace dyna::envs {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

/// Environments whose every episode begins in the same state.
const std::set<std::string> kFixedStart = {"BlockingMaze", "CliffWalking-v0", "CliffWalking-v1",
                                           "DynaMaze",     "FrozenLake-v1",   "FrozenLake8x8-v1",
                                           "ShortcutMaze"};

/// Environments that observe what the simulation computed on the way (contact forces, velocities,
/// body positions of the last substep), which a bare state does not know.
const std::set<std::string> kObservesThePast = {"Ant-v4",
                                                "AntTruncatedObs",
                                                "Humanoid-v4",
                                                "HumanoidTruncatedObs",
                                                "InvertedDoublePendulum-v4",
                                                "PetsHalfCheetah",
                                                "PetsPusher",
                                                "Pusher-v4",
                                                "Reacher-v4"};

struct Row {
  std::vector<double> obs = {};
  double reward = 0.0;
  bool terminated = false;
  bool truncated = false;
  bool operator==(const Row&) const = default;
};

class EnvironmentContractTest : public testing::TestWithParam<std::string> {
 protected:
  Row Advance(Environment& environment, Rng& actions, Rng& dynamics) {
    const auto action = RandomAction(environment.spec().action, actions);
    const StepResult result = environment.Step(action, dynamics);
    return {Observation(environment), result.reward, result.terminated, result.truncated};
  }

  /// `steps` random steps, reset whenever an episode ends.
  std::vector<Row> Play(Environment& environment, std::uint64_t seed, int steps) {
    Rng actions(seed, "actions");
    Rng dynamics(seed, "dynamics");
    environment.Reset(dynamics);
    std::vector<Row> rows = {{Observation(environment)}};
    for (int i = 0; i < steps; ++i) {
      rows.push_back(Advance(environment, actions, dynamics));
      if (rows.back().terminated || rows.back().truncated) environment.Reset(dynamics);
    }
    return rows;
  }

  std::unique_ptr<Environment> environment_ = MakeNamed(GetParam());
};

TEST_P(EnvironmentContractTest, SpecIsComplete) {
  const EnvSpec& spec = environment_->spec();
  EXPECT_EQ(spec.name, GetParam());
  EXPECT_GT(spec.observation.columns(), 0);
  EXPECT_GT(spec.action.columns(), 0);
  EXPECT_GE(spec.max_episode_steps, 0);
  EXPECT_FALSE(spec.state_names.empty());
  if (!spec.action.discrete()) {
    for (std::size_t i = 0; i < spec.action.low.size(); ++i) {
      EXPECT_TRUE(std::isfinite(spec.action.low[i]) && std::isfinite(spec.action.high[i]));
    }
  }
}

TEST_P(EnvironmentContractTest, ObservationsOfRandomEpisodesAreInTheSpace) {
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed=" << seed);
    for (const Row& row : Play(*environment_, seed, 700)) {
      ASSERT_TRUE(environment_->spec().observation.Contains(row.obs))
          << testing::PrintToString(row.obs);
      ASSERT_FALSE(row.terminated && row.truncated);
    }
  }
}

TEST_P(EnvironmentContractTest, SameSeedSameEpisodes) {
  const auto other = MakeNamed(GetParam());
  Play(*other, 99, 17);  // a past must not shine through
  // The changing mazes count steps over episodes, so the other one must be as old.
  Play(*environment_, 98, 17);
  EXPECT_EQ(Play(*environment_, 7, 500), Play(*other, 7, 500));
}

TEST_P(EnvironmentContractTest, DifferentSeedsStartDifferentlyWhereTheStartIsRandom) {
  std::set<std::vector<double>> starts;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Rng rng(seed, "start");
    environment_->Reset(rng);
    starts.insert(Observation(*environment_));
  }
  if (kFixedStart.contains(GetParam())) {
    EXPECT_EQ(starts.size(), 1U);
  } else {
    EXPECT_GT(starts.size(), 10U);
  }
}

TEST_P(EnvironmentContractTest, TheTimeLimitTruncatesAtExactlyItsStepAndNeverTerminates) {
  constexpr int kLimit = 5;
  const auto limited = MakeNamed(GetParam(), {"env.max_episode_steps=5"});
  const auto endless = MakeNamed(GetParam(), {"env.max_episode_steps=0"});
  EXPECT_EQ(limited->spec().max_episode_steps, kLimit);
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed=" << seed);
    Rng actions(seed, "actions");
    Rng left(seed, "dynamics");
    Rng right(seed, "dynamics");
    limited->Reset(left);
    endless->Reset(right);
    for (int step = 1; step <= kLimit; ++step) {
      const auto action = RandomAction(limited->spec().action, actions);
      const StepResult a = limited->Step(action, left);
      const StepResult b = endless->Step(action, right);
      ASSERT_EQ(a.terminated, b.terminated);
      ASSERT_FALSE(b.truncated);
      ASSERT_EQ(a.truncated, step == kLimit && !a.terminated) << "step " << step;
      if (a.terminated) break;
    }
  }
}

TEST_P(EnvironmentContractTest, BadActionsAreRefusedAndChangeNothing) {
  Rng rng(1, "dynamics");
  environment_->Reset(rng);
  const Space& space = environment_->spec().action;
  const std::vector<double> good = RandomAction(space, rng);
  std::vector<std::vector<double>> bad = {{}, good, good, good};
  bad[1].push_back(0.0);
  bad[2].back() = kNan;
  bad[3].front() = kInf;
  if (space.discrete()) {
    bad.push_back({-1.0});
    bad.push_back({static_cast<double>(space.n)});
    bad.push_back({0.5});
  }
  const auto before = environment_->Snapshot();
  for (const auto& action : bad) {
    SCOPED_TRACE(testing::PrintToString(action));
    try {
      environment_->Step(action, rng);
      ADD_FAILURE() << "accepted";
    } catch (const EnvironmentError& error) {
      EXPECT_NE(std::string(error.what()).find(GetParam()), std::string::npos) << error.what();
    }
    EXPECT_EQ(environment_->Snapshot(), before);
  }
}

TEST_P(EnvironmentContractTest, ASnapshotContinuesBitForBit) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed=" << seed);
    Play(*environment_, seed, static_cast<int>(3 + 37 * seed));
    const auto snapshot = environment_->Snapshot();
    const auto obs = Observation(*environment_);
    const auto copy = MakeNamed(GetParam());
    Play(*copy, seed + 1000, 11);
    copy->Restore(snapshot);
    EXPECT_EQ(Observation(*copy), obs);
    EXPECT_EQ(copy->Snapshot(), snapshot);
    Rng actions_a(seed, "more");
    Rng actions_b(seed, "more");
    Rng dynamics_a(seed, "more dynamics");
    Rng dynamics_b(seed, "more dynamics");
    for (int step = 0; step < 200; ++step) {
      const Row a = Advance(*environment_, actions_a, dynamics_a);
      const Row b = Advance(*copy, actions_b, dynamics_b);
      ASSERT_EQ(a, b) << "step " << step;
      if (!a.terminated && !a.truncated) continue;
      environment_->Reset(dynamics_a);
      copy->Reset(dynamics_b);
    }
    EXPECT_EQ(environment_->Snapshot(), copy->Snapshot());
  }
}

TEST_P(EnvironmentContractTest, AForeignSnapshotIsRefused) {
  auto snapshot = environment_->Snapshot();
  auto longer = snapshot;
  longer.push_back(0.0);
  EXPECT_THROW(environment_->Restore(longer), CheckpointError);
  EXPECT_THROW(environment_->Restore({}), CheckpointError);
  EXPECT_THROW(environment_->Restore(std::span(snapshot).first(1)), CheckpointError);
  for (double& value : snapshot) {
    const double kept = value;
    value = kNan;
    EXPECT_THROW(environment_->Restore(snapshot), CheckpointError);
    value = kept;
  }
}

// A leaf's snapshot begins with its physical state.
TEST_P(EnvironmentContractTest, SettingAStateShowsItsObservation) {
  const auto other = MakeNamed(GetParam());
  Rng rng(3, "other");
  other->Reset(rng);
  const auto state_size = static_cast<std::ptrdiff_t>(environment_->spec().state_names.size());
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed=" << seed);
    Play(*environment_, seed, 30);
    const auto snapshot = environment_->Snapshot();
    const std::vector<double> state(snapshot.begin(), snapshot.begin() + state_size);
    other->SetState(state);
    if (kObservesThePast.contains(GetParam())) environment_->SetState(state);
    EXPECT_EQ(Observation(*other), Observation(*environment_));
  }
}

TEST_P(EnvironmentContractTest, AfterSettingAStateWhatWasBeforeIsForgotten) {
  const auto other = MakeNamed(GetParam());
  const auto state_size = static_cast<std::ptrdiff_t>(environment_->spec().state_names.size());
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed=" << seed);
    Play(*environment_, seed, 15);
    Play(*other, seed + 100, 15);
    const auto snapshot = environment_->Snapshot();
    const std::vector<double> state(snapshot.begin(), snapshot.begin() + state_size);
    for (Environment* environment : {environment_.get(), other.get()}) {
      Rng start(seed, "start");
      environment->Reset(start);
      environment->SetState(state);
    }
    Rng actions_a(seed, "actions");
    Rng actions_b(seed, "actions");
    Rng dynamics_a(seed, "dynamics");
    Rng dynamics_b(seed, "dynamics");
    for (int step = 0; step < 5; ++step) {
      ASSERT_EQ(Advance(*environment_, actions_a, dynamics_a),
                Advance(*other, actions_b, dynamics_b))
          << "step " << step;
    }
  }
}

TEST_P(EnvironmentContractTest, AWrongStateIsRefusedAndChangesNothing) {
  Rng rng(4, "start");
  environment_->Reset(rng);
  const auto before = environment_->Snapshot();
  std::vector<double> state(environment_->spec().state_names.size() + 1, 0.0);
  EXPECT_THROW(environment_->SetState(state), EnvironmentError);
  EXPECT_THROW(environment_->SetState({}), EnvironmentError);
  state.pop_back();
  state.back() = kNan;
  EXPECT_THROW(environment_->SetState(state), EnvironmentError);
  EXPECT_EQ(environment_->Snapshot(), before);
}

TEST_P(EnvironmentContractTest, SteppingOnAfterTheEndIsAllowed) {
  Rng actions(5, "actions");
  Rng dynamics(5, "dynamics");
  environment_->Reset(dynamics);
  for (int step = 0; step < 2000; ++step) {
    ASSERT_NO_THROW(Advance(*environment_, actions, dynamics));
  }
}

INSTANTIATE_TEST_SUITE_P(All, EnvironmentContractTest, testing::ValuesIn(EnvironmentNames()),
                         [](const auto& instance) {
                           std::string name;
                           for (const char c : instance.param) {
                             if (std::isalnum(static_cast<unsigned char>(c)) != 0) name += c;
                           }
                           return name;
                         });

}  // namespace
}  // namespace dyna::envs
