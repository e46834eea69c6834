// Several simulations in one actor: one call of the network acts for all of them, and each goes on
// as if it were alone.
#include <gtest/gtest.h>

#include <cmath>

#include "actors/actor_loop.hpp"
#include "actors/envs/registry.hpp"
#include "tests/support/recording_replay.hpp"

namespace dyna::actors {
namespace {

constexpr std::int64_t kInstances = 4;

std::unique_ptr<envs::Environment> MakeHopper() {
  Config config;
  config.Set("env.name=Hopper-v4");
  config.Set("env.max_episode_steps=20");
  return envs::MakeEnvironment(config);
}

/// mean = W obs with some fixed W [3,11], and next to no noise.
nn::PolicyWeights HopperPolicy() {
  nn::PolicyWeights weights;
  nn::DenseLayer layer{RowMatrix::Zero(6, 11), FloatVector::Zero(6)};
  for (Eigen::Index i = 0; i < 3; ++i) {
    for (Eigen::Index j = 0; j < 11; ++j) {
      layer.weight(i, j) = std::sin(static_cast<float>(11 * i + j));
    }
  }
  layer.bias.tail(3).setConstant(-20.0F);
  weights.layers = {layer};
  weights.action_center = FloatVector::Zero(3);
  weights.action_scale = FloatVector::Ones(3);
  return weights;
}

std::vector<float> Observed(const envs::Environment& environment) {
  std::vector<double> obs(11);
  environment.Observe(obs);
  return {obs.begin(), obs.end()};
}

std::vector<float> Row(const RowMatrix& matrix, Eigen::Index row) {
  return {matrix.row(row).begin(), matrix.row(row).end()};
}

TEST(VectorSteppingTest, EveryRowIsAStepOfItsOwnSimulationWithThePolicysActionForIt) {
  testing_support::RecordingReplay replay;
  LocalWeightsPort weights;
  weights.Publish(kPolicyWeights, std::make_shared<const WeightsBlob>(WeightsBlob{
                                      .version = 1, .arrays = HopperPolicy().ToStateDict()}));
  std::vector<std::unique_ptr<envs::Environment>> environments;
  for (std::int64_t i = 0; i < kInstances; ++i) environments.push_back(MakeHopper());
  ActorLoop loop({.seed = 3}, std::move(environments), replay, weights);
  const nn::Policy policy(HopperPolicy());
  const auto alone = MakeHopper();
  Rng rng(0, "test");
  int ends = 0;
  for (int step = 0; step < 60; ++step) {
    SCOPED_TRACE(testing::Message() << "step " << step);
    std::vector<std::vector<double>> before;
    for (std::size_t i = 0; i < kInstances; ++i) before.push_back(loop.environment(i).Snapshot());
    ASSERT_TRUE(loop.Step().ok());
    const TransitionBatch& rows = replay.appended.back();
    ASSERT_EQ(rows.size(), kInstances);
    for (Eigen::Index i = 0; i < kInstances; ++i) {
      SCOPED_TRACE(testing::Message() << "instance " << i);
      alone->Restore(before[static_cast<std::size_t>(i)]);
      ASSERT_EQ(Row(rows.obs, i), Observed(*alone));
      const RowMatrix chosen = policy.Act(rows.obs.row(i), /*deterministic=*/true, 0.0, rng);
      ASSERT_LT((chosen.row(0) - rows.action.row(i)).cwiseAbs().maxCoeff(), 1e-5F);
      const auto action = Row(rows.action, i);
      const auto result = alone->Step(std::vector<double>(action.begin(), action.end()), rng);
      ASSERT_EQ(rows.reward[i], static_cast<float>(result.reward));
      ASSERT_EQ(Row(rows.next_obs, i), Observed(*alone));
      ASSERT_EQ(rows.terminated[i] != 0.0F, result.terminated);
      ASSERT_EQ(rows.truncated[i] != 0.0F, result.truncated);
      ends += result.terminated || result.truncated ? 1 : 0;
    }
  }
  EXPECT_GE(ends, 3 * kInstances) << "episodes must have ended and begun on the way";
  EXPECT_EQ(loop.env_steps(), 60 * kInstances);
}

}  // namespace
}  // namespace dyna::actors
