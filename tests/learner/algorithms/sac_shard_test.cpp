#include "learner/algorithms/sac_shard.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <vector>

#include "tests/learner/algorithms/fake_batch_source.hpp"
#include "tests/learner/algorithms/reference_net.hpp"

namespace dyna::learner {
namespace {

constexpr std::int64_t kRows = 33, kObs = 5, kActions = 2, kCritics = 2;
constexpr float kAlpha = 0.25F, kGamma = 0.875F;  // exact in double too

struct Draw {
  at::Tensor action, log_prob;
};

/// A tanh-Gaussian draw on autograd, in double precision.
Draw ReferenceDraw(const at::Tensor& output, const at::Tensor& noise) {
  const at::Tensor log_std = output.narrow(1, kActions, kActions).clamp(kLogStdMin, kLogStdMax);
  const at::Tensor u = output.narrow(1, 0, kActions) + log_std.exp() * noise;
  const at::Tensor density = noise.square() * -0.5 - log_std - 0.5 * std::log(2.0 * M_PI) -
                             torch::log(1.0 - u.tanh().square());
  return {u.tanh(), density.sum(1)};
}

class SacShardTest : public testing::Test {
 protected:
  SacShardTest() {
    for (nn::Mlp* net : {&policy_, &critics_, &targets_}) FillNormal(*net, rng_);
    rows_ = RandomBatch(rng_, kRows, {kObs, kActions});
    for (std::int64_t b = 0; b < kRows; ++b) {
      rows_.weights[b] = 0.2F + static_cast<float>(rng_.Uniform());
    }
    for (float& x : noise_) x = static_cast<float>(rng_.Normal());
  }

  at::Tensor Input(const at::Tensor& obs, const at::Tensor& action) {
    return torch::cat({obs, action}, 1);
  }
  at::Tensor Q(const nn::Mlp& net, const at::Tensor& flat, const at::Tensor& input) {
    return ReferenceForward(net, flat, input).squeeze(2);
  }
  at::Tensor UnitAction() {
    return (ToDouble(rows_.rows.action) - at::tensor({0.5, -0.25}, at::kDouble)) /
           at::tensor({2.0, 0.5}, at::kDouble);
  }
  at::Tensor Noise(std::int64_t first) {
    return ToDouble(noise_.data() + first * kActions, {kRows, kActions});
  }
  /// [C,B] Q - y as the header states it.
  at::Tensor ExpectedTd(const at::Tensor& critic_flat) {
    const at::Tensor next_obs = ToDouble(rows_.rows.next_obs);
    const Draw next = ReferenceDraw(
        ReferenceForward(policy_, policy_.parameters().to(at::kDouble), next_obs)[0], Noise(0));
    const at::Tensor next_q =
        Q(targets_, targets_.parameters().to(at::kDouble), Input(next_obs, next.action)).amin(0);
    const at::Tensor alive = 1.0 - ToDouble(rows_.rows.terminated).squeeze(1);
    const at::Tensor y =
        ToDouble(rows_.rows.reward).squeeze(1) + kGamma * alive * (next_q - kAlpha * next.log_prob);
    return Q(critics_, critic_flat, Input(ToDouble(rows_.rows.obs), UnitAction())) - y.detach();
  }
  /// Runs all steps of the rows, cut at `cuts`.
  std::vector<SacShard> Run(const std::vector<std::int64_t>& cuts) {
    const std::vector<float> center = {0.5F, -0.25F}, scale = {2.0F, 0.5F};
    const SacBatch batch = {.rows = &rows_,
                            .noise = noise_.data(),
                            .center = center,
                            .scale = scale,
                            .gamma = kGamma,
                            .alpha = kAlpha};
    const SacNets nets = {.policy = policy_, .critics = critics_, .targets = targets_};
    std::vector<SacShard> shards(cuts.size() - 1);
    for (std::size_t i = 0; i < shards.size(); ++i) {
      shards[i].TdErrors(nets, batch, cuts[i], cuts[i + 1]);
      shards[i].CriticGradient(nets);
      shards[i].PolicyGradient(nets);
    }
    return shards;
  }

  Rng rng_{1, "test"};
  nn::Mlp policy_{{.inputs = kObs, .hidden = {24, 20}, .outputs = 2 * kActions}};
  nn::Mlp critics_{{.members = kCritics, .inputs = kObs + kActions, .hidden = {24, 20}}};
  nn::Mlp targets_{{.members = kCritics, .inputs = kObs + kActions, .hidden = {24, 20}}};
  SampleBatch rows_;
  std::vector<float> noise_ = std::vector<float>(2 * kRows * kActions);
};

TEST_F(SacShardTest, TdErrorsAreThoseOfTheSoftTarget) {
  const auto shards = Run({0, kRows});
  const at::Tensor expected = ExpectedTd(critics_.parameters().to(at::kDouble));
  ExpectNear(ToDouble(shards[0].td(), {kCritics, kRows}), expected);
  const at::Tensor weights = ToDouble(rows_.weights).squeeze(1);
  const double loss = (expected.square() * weights * 0.5).sum().item<double>();
  EXPECT_NEAR(shards[0].sums().critic_loss, loss, 1e-4 * loss);
}

TEST_F(SacShardTest, CriticGradientAgreesWithAutograd) {
  const at::Tensor flat = critics_.parameters().to(at::kDouble).requires_grad_();
  const at::Tensor weights = ToDouble(rows_.weights).squeeze(1);
  (ExpectedTd(flat).square() * weights * 0.5).mean(1).sum().backward();
  const auto shards = Run({0, kRows});
  ExpectNear(ToDouble(shards[0].critic_gradient(), {critics_.layout().size()}), flat.grad());
}

TEST_F(SacShardTest, PolicyGradientAgreesWithAutograd) {
  const at::Tensor flat = policy_.parameters().to(at::kDouble).requires_grad_();
  const at::Tensor obs = ToDouble(rows_.rows.obs);
  const Draw draw = ReferenceDraw(ReferenceForward(policy_, flat, obs)[0], Noise(kRows));
  const at::Tensor q =
      Q(critics_, critics_.parameters().to(at::kDouble), Input(obs, draw.action)).amin(0);
  const at::Tensor loss = (kAlpha * draw.log_prob - q).mean();
  loss.backward();
  const auto shards = Run({0, kRows});
  ExpectNear(ToDouble(shards[0].policy_gradient(), {policy_.layout().size()}), flat.grad());
  EXPECT_NEAR(shards[0].sums().actor_loss / kRows, loss.item<double>(), 1e-5);
  EXPECT_NEAR(shards[0].sums().log_prob, draw.log_prob.sum().item<double>(), 1e-4);
}

TEST_F(SacShardTest, PartsOfTheRowsAddUpToTheWhole) {
  const auto whole = Run({0, kRows});
  const auto parts = Run({0, 12, 13, kRows});
  at::Tensor critic = torch::zeros({critics_.layout().size()}, at::kDouble);
  at::Tensor policy = torch::zeros({policy_.layout().size()}, at::kDouble);
  double actor_loss = 0.0;
  for (const SacShard& part : parts) {
    critic += ToDouble(part.critic_gradient(), critic.sizes());
    policy += ToDouble(part.policy_gradient(), policy.sizes());
    actor_loss += part.sums().actor_loss;
  }
  ExpectNear(critic, ToDouble(whole[0].critic_gradient(), critic.sizes()));
  ExpectNear(policy, ToDouble(whole[0].policy_gradient(), policy.sizes()));
  EXPECT_NEAR(actor_loss, whole[0].sums().actor_loss, 1e-4);
}

}  // namespace
}  // namespace dyna::learner
