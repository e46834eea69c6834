#include "learner/algorithms/dhmbpo/rollout.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <map>
#include <numbers>
#include <set>

#include "learner/algorithms/dhmbpo/objectives.hpp"
#include "tests/learner/algorithms/dhmbpo/linear_world.hpp"

namespace dyna::learner::dhmbpo {
namespace {

Scales Plain(std::int64_t obs, std::int64_t actions) {
  return {.obs_mean = Zeros(obs),
          .obs_std = Ones(obs),
          .action_center = Zeros(actions),
          .action_scale = Ones(actions)};
}

TEST(DrawMembersTest, BlocksAreEvenAndEveryMemberGetsEachBlockEquallyOften) {
  Rng rng(1, "test");
  std::map<std::int64_t, int> first;
  for (int i = 0; i < 3000; ++i) {
    const at::Tensor members = DrawMembers(8, {2, 5, 7, 9}, rng);
    std::set<std::int64_t> seen;
    for (std::int64_t b = 0; b < 8; b += 2) {
      EXPECT_EQ(members[b].item<std::int64_t>(), members[b + 1].item<std::int64_t>());
      seen.insert(members[b].item<std::int64_t>());
    }
    ASSERT_EQ(seen, (std::set<std::int64_t>{2, 5, 7, 9}));
    ++first[members[0].item<std::int64_t>()];
  }
  for (const auto& [member, count] : first) EXPECT_NEAR(count, 750, 5 * std::sqrt(3000 * 3.0 / 16));
  const at::Tensor uneven = DrawMembers(7, {0, 1}, rng);
  EXPECT_NEAR(uneven.to(torch::kFloat32).sum().item<double>(), 3.5, 0.5);
}

TEST(RollerTest, FollowsTheModelInRawStatesAndTheEnvironmentsActions) {
  Rng rng(1, "test");
  const Actor actor(2, 1, {4}, rng);
  LinearWorld world;
  world.elites = {0, 1};
  world.offset = {0.5, -0.25};
  world.std = 0.1;
  Scales scales = Plain(2, 1);
  scales.obs_mean = torch::tensor({1.0F, 2.0F});
  scales.obs_std = torch::tensor({3.0F, 4.0F});
  scales.action_center = torch::full({1}, 5.0F);
  scales.action_scale = torch::full({1}, 2.0F);
  Streams streams(3), same(3);
  const at::Tensor start = Normals(6, 2, rng);
  const Rollout rollout = Roller{actor, &world, scales}.Roll(start, 2, streams);
  at::Tensor s = start;
  for (std::size_t t = 0; t <= 2; ++t) {
    const ActionDraw draw =
        actor.Draw((s - scales.obs_mean) / scales.obs_std, Normals(6, 1, same.noise));
    EXPECT_TRUE(torch::allclose(rollout.obs[t], s));
    EXPECT_TRUE(torch::allclose(rollout.action[t], draw.action));
    EXPECT_TRUE(torch::allclose(rollout.log_prob[t], draw.log_prob));
    if (t == 2) break;
    const WorldStep step = world.Step(s, 5 + 2 * draw.action, DrawMembers(6, {0, 1}, same.members),
                                      Normals(6, 2, same.noise));
    EXPECT_TRUE(torch::allclose(rollout.reward[t], step.reward));
    s = step.next_obs;
  }
}

TEST(RollerTest, StatesAreTheStartsAndExactlyTheStatesReachedAlive) {
  Rng rng(1, "test");
  const Actor actor(1, 1, {4}, rng);
  LinearWorld world;
  world.gain = 0.0;
  world.offset = {1.0};  // s' = s + 1
  world.end = 3.5;
  Streams streams(1);
  const Scales scales = Plain(1, 1);
  const at::Tensor start = torch::tensor({{0.0F}, {2.0F}, {3.0F}, {-9.0F}});
  const at::Tensor states = Roller{actor, &world, scales}.States(start, 4, streams);
  std::multiset<float> seen;
  for (std::int64_t i = 0; i < states.size(0); ++i) seen.insert(states[i][0].item<float>());
  EXPECT_EQ(seen, (std::multiset<float>{0, 1, 2, 3, 2, 3, 3, -9, -8, -7, -6, -5}));
  EXPECT_FALSE(states.requires_grad());
}

/// The objective of one row in double precision, written out: O = A = 1, hidden {3}, a linear
/// world.
double Objective(const std::vector<double>& p, double s, const std::vector<double>& noise,
                 double gain, double cost, double alpha, double gamma) {
  double sum = 0.0, discount = 1.0;
  for (std::size_t t = 0; t < noise.size(); ++t) {
    double mean = p[12], raw = p[13];  // w0 [3], b0 [3], w1 [2,3], b1 [2]
    for (std::size_t i = 0; i < 3; ++i) {
      const double z = p[i] * s + p[3 + i];
      const double h = z / (1.0 + std::exp(-z));
      mean += p[6 + i] * h;
      raw += p[9 + i] * h;
    }
    const double std = std::log1p(std::exp(raw)) + 1e-5;
    const double x = mean + std * noise[t], a = std::tanh(x);
    const double log_prob = -0.5 * noise[t] * noise[t] - std::log(std) -
                            0.5 * std::log(2 * std::numbers::pi) - std::log(1 - a * a);
    const bool last = t + 1 == noise.size();
    const double gain_t =
        last ? -3.0 * s * s + 2.0 * a * s : -s * s - cost * a * a;  // last: Q(s, a)
    sum += discount * (gain_t - alpha * log_prob);
    discount *= gamma;
    s += gain * a;
  }
  return sum;
}

TEST(ActorGradientTest, ThroughTheModelAgreesWithFiniteDifferencesInDouble) {
  Rng rng(2, "test");
  constexpr double kGain = 0.7, kCost = 0.3, kAlpha = 0.2, kGamma = 0.9;
  for (const std::int64_t horizon : {0, 1, 3, 6}) {
    SCOPED_TRACE(testing::Message() << "horizon=" << horizon);
    Actor actor(1, 1, {3}, rng);
    actor.parameters().flat().add_(0.3 * Normals(1, 14, rng)[0]);
    LinearWorld world;
    world.gain = kGain;
    world.cost = kCost;
    const Scales scales = Plain(1, 1);
    Streams streams(7), same(7);
    const at::Tensor start = torch::full({1, 1}, 0.8F);
    const Rollout rollout = Roller{actor, &world, scales}.Roll(start, horizon, streams);
    const at::Tensor s = rollout.obs.back().squeeze(1), a = rollout.action.back().squeeze(1);
    const at::Tensor objective =
        ActorObjective(rollout, horizon, -3.0 * s * s + 2.0 * a * s, kAlpha, kGamma);

    std::vector<double> noise;
    for (std::int64_t t = 0; t <= horizon; ++t) {
      noise.push_back(static_cast<float>(same.noise.Normal()));
      if (t < horizon) same.noise.Normal();  // the model's
    }
    std::vector<double> p;
    for (const float value : nn::FloatSpan(actor.parameters().flat())) p.push_back(value);
    const auto at_p = [&] {
      return Objective(p, start.item<double>(), noise, kGain, kCost, kAlpha, kGamma);
    };
    EXPECT_NEAR(objective.item<double>(), at_p(), 1e-3);
    const at::Tensor gradient = actor.parameters().GradientOf(objective);
    for (std::size_t i = 0; i < p.size(); ++i) {
      const double kept = p[i];
      p[i] = kept + 1e-5;
      const double above = at_p();
      p[i] = kept - 1e-5;
      const double difference = (above - at_p()) / 2e-5;
      p[i] = kept;
      EXPECT_NEAR(gradient[static_cast<std::int64_t>(i)].item<double>(), difference,
                  1e-3 * (1.0 + std::abs(difference)))
          << "parameter " << i;
    }
  }
}

}  // namespace
}  // namespace dyna::learner::dhmbpo
