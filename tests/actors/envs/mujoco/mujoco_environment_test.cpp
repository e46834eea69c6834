#include "actors/envs/mujoco/mujoco_environment.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <thread>

#include "actors/envs/mujoco/registry.hpp"
#include "common/core/error.hpp"
#include "tests/actors/envs/test_support.hpp"
#include "tests/support/allocation_count.hpp"

namespace dyna::envs {
namespace {

std::vector<double> State(const Environment& environment) {
  auto snapshot = environment.Snapshot();
  snapshot.resize(environment.spec().state_names.size());
  return snapshot;
}

std::string MessageOf(const std::function<void()>& run) {
  try {
    run();
  } catch (const EnvironmentError& error) {
    return error.what();
  }
  return "no EnvironmentError";
}

/// Rewards of 50 random steps.
std::vector<double> Play(Environment& environment, std::uint64_t seed) {
  Rng rng(seed, "play");
  environment.Reset(rng);
  std::vector<double> rewards;
  for (int step = 0; step < 50; ++step) {
    rewards.push_back(environment.Step(RandomAction(environment.spec().action, rng), rng).reward);
  }
  return rewards;
}

TEST(MujocoEnvironmentTest, EveryNameCanBeMadeAndIsWhatItSays) {
  ASSERT_TRUE(HasMujoco());
  EXPECT_TRUE(std::is_sorted(MujocoNames().begin(), MujocoNames().end()));
  for (const auto name : MujocoNames()) EXPECT_EQ(MakeNamed(std::string(name))->spec().name, name);
}

TEST(MujocoEnvironmentTest, SpacesAndLimitsAreThePublishedOnes) {
  struct Expected {
    const char* name;
    std::int64_t obs;
    std::int64_t actions;
    double bound;
    std::int64_t limit;
    std::optional<double> threshold;
    std::size_t state;
  };
  for (const Expected& e : {Expected{"Ant-v4", 27, 8, 1.0, 1000, 6000.0, 29},
                            {"AntTruncatedObs", 27, 8, 1.0, 1000, {}, 29},
                            {"HalfCheetah-v4", 17, 6, 1.0, 1000, 4800.0, 18},
                            {"Hopper-v4", 11, 3, 1.0, 1000, 3800.0, 12},
                            {"Humanoid-v4", 376, 17, 0.4, 1000, {}, 47},
                            {"HumanoidTruncatedObs", 45, 17, 0.4, 1000, {}, 47},
                            {"InvertedDoublePendulum-v4", 11, 1, 1.0, 1000, 9100.0, 6},
                            {"InvertedPendulum-v4", 4, 1, 3.0, 1000, 950.0, 4},
                            {"PetsCartPole", 4, 1, 3.0, 200, {}, 4},
                            {"PetsHalfCheetah", 18, 6, 1.0, 1000, {}, 18},
                            {"PetsPusher", 20, 7, 2.0, 150, {}, 22},
                            {"PetsReacher3D", 17, 7, 20.0, 150, {}, 20},
                            {"Pusher-v4", 23, 7, 2.0, 100, 0.0, 22},
                            {"Reacher-v4", 11, 2, 1.0, 50, -3.75, 8},
                            {"Swimmer-v4", 8, 2, 1.0, 1000, 360.0, 10},
                            {"Walker2d-v4", 17, 6, 1.0, 1000, {}, 18}}) {
    SCOPED_TRACE(e.name);
    const EnvSpec spec = MakeNamed(e.name)->spec();
    EXPECT_EQ(spec.observation.columns(), e.obs);
    EXPECT_EQ(spec.action.high, std::vector(static_cast<std::size_t>(e.actions), e.bound));
    EXPECT_EQ(spec.action.low, std::vector(static_cast<std::size_t>(e.actions), -e.bound));
    EXPECT_EQ(spec.max_episode_steps, e.limit);
    EXPECT_EQ(spec.reward_threshold, e.threshold);
    EXPECT_EQ(spec.state_names.size(), e.state);
    EXPECT_EQ(spec.state_names.front(), "qpos0");
  }
}

TEST(MujocoEnvironmentTest, AnActionBeyondItsBoundsMovesLikeTheBoundAndCostsAsGiven) {
  const auto environment = MakeNamed("HalfCheetah-v4");
  Rng rng(1, "test");
  environment->Reset(rng);
  const auto start = environment->Snapshot();
  const double at_bound = environment->Step(std::vector(6, 1.0), rng).reward;
  const auto state = State(*environment);
  environment->Restore(start);
  const double beyond = environment->Step(std::vector(6, 3.0), rng).reward;
  EXPECT_EQ(State(*environment), state);
  EXPECT_NEAR(at_bound - beyond, 0.1 * 6.0 * (9.0 - 1.0), 1e-12);
}

TEST(MujocoEnvironmentTest, StartsAreWhereTheyArePublishedToBe) {
  Rng rng(2, "starts");
  const auto reacher = MakeNamed("Reacher-v4");
  const auto pusher = MakeNamed("Pusher-v4");
  const auto hopper = MakeNamed("Hopper-v4");
  const auto cheetah = MakeNamed("PetsHalfCheetah");
  double cheetah_sum = 0.0;
  for (int i = 0; i < 500; ++i) {
    reacher->Reset(rng);
    const auto r = State(*reacher);
    EXPECT_LT(std::hypot(r[2], r[3]), 0.2);
    EXPECT_EQ(r[6], 0.0);
    pusher->Reset(rng);
    const auto p = State(*pusher);
    EXPECT_GT(std::hypot(p[7], p[8]), 0.17);
    EXPECT_TRUE(p[7] >= -0.3 && p[7] < 0.0 && std::abs(p[8]) <= 0.2);
    EXPECT_EQ(p[9], 0.0);
    hopper->Reset(rng);
    EXPECT_NEAR(State(*hopper)[1], 1.25, 0.005);
    cheetah->Reset(rng);
    EXPECT_EQ(Observation(*cheetah)[0], 0.0) << "a velocity before the first step";
    cheetah_sum += State(*cheetah)[3] * State(*cheetah)[3];
  }
  EXPECT_NEAR(std::sqrt(cheetah_sum / 500.0), 1e-3, 2e-4);
}

TEST(MujocoEnvironmentTest, AnUnstableSimulationIsAnErrorAndAResetMendsIt) {
  const auto environment = MakeNamed("HalfCheetah-v4");
  const auto fresh = MakeNamed("HalfCheetah-v4");
  Rng rng(3, "test");
  environment->Reset(rng);
  std::vector<double> state(18, 0.0);
  state[9] = 1e9;  // m/s: allowed, and nothing a simulation survives
  state[12] = -1e9;
  environment->SetState(state);
  const auto message = MessageOf([&] {
    for (int i = 0; i < 100; ++i) environment->Step(std::vector(6, 1.0), rng);
  });
  EXPECT_EQ(message.substr(0, 41), "environment HalfCheetah-v4: MuJoCo: Nan, ") << message;
  EXPECT_EQ(Play(*environment, 4), Play(*fresh, 4));
}

TEST(MujocoEnvironmentTest, ASnapshotRestoredAfterAnErrorGoesOn) {
  const auto environment = MakeNamed("Hopper-v4");
  Rng rng(4, "test");
  environment->Reset(rng);
  const auto snapshot = environment->Snapshot();
  const std::vector<double> action = {0.1, -0.2, 0.3};
  const double reward = environment->Step(action, rng).reward;
  EXPECT_NE(MessageOf([&] { environment->Step(std::vector(3, 1e300), rng); }), "");
  environment->Restore(snapshot);
  EXPECT_EQ(environment->Step(action, rng).reward, reward);
}

TEST(MujocoEnvironmentTest, StatesThatMujocoWouldReplaceAreRefused) {
  const auto ant = MakeNamed("Ant-v4");
  std::vector<double> state(29, 0.0);
  state[2] = 0.75;
  EXPECT_EQ(MessageOf([&] { ant->SetState(state); }),
            "state of Ant-v4: qpos3 to qpos6 are no quaternion: all zero");
  state[3] = 2.0;  // any length will do
  EXPECT_NO_THROW(ant->SetState(state));
  EXPECT_EQ(State(*ant)[3], 1.0);
  EXPECT_EQ(Observation(*ant)[1], 1.0);
  state[20] = 1e11;
  EXPECT_EQ(MessageOf([&] { ant->SetState(state); }),
            "state of Ant-v4: qvel5 = 1e+11 is not in [-1e10, 1e10]");
}

TEST(MujocoEnvironmentTest, AStepDoesNotAllocate) {
  for (const auto name : MujocoNames()) {
    SCOPED_TRACE(name);
    const auto environment = MakeNamed(std::string(name));
    Rng rng(5, "test");
    environment->Reset(rng);
    const auto action = RandomAction(environment->spec().action, rng);
    std::vector<double> obs(Observation(*environment));
    mju_user_malloc = testing_support::CountedMalloc;
    const auto before = testing_support::Allocations();
    for (int step = 0; step < 100; ++step) {
      environment->Step(action, rng);
      environment->Observe(obs);
    }
    const auto after = testing_support::Allocations();
    mju_user_malloc = nullptr;
    EXPECT_EQ(after, before);
  }
}

TEST(MujocoEnvironmentTest, InstancesOnThreadsOfTheirOwnDoNotTouchEachOther) {
  for (const char* name : {"Ant-v4", "Pusher-v4", "Humanoid-v4"}) {
    SCOPED_TRACE(name);
    std::vector<std::vector<double>> together(3);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < together.size(); ++i) {
      threads.emplace_back([&together, i, name] { together[i] = Play(*MakeNamed(name), i); });
    }
    for (auto& thread : threads) thread.join();
    for (std::size_t i = 0; i < together.size(); ++i) {
      EXPECT_EQ(together[i], Play(*MakeNamed(name), i)) << i;
    }
  }
}

}  // namespace
}  // namespace dyna::envs
