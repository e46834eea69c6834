#include "learner/algorithms/dqn_shard.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <vector>

#include "tests/learner/algorithms/fake_batch_source.hpp"
#include "tests/learner/algorithms/reference_net.hpp"

namespace dyna::learner {
namespace {

constexpr std::int64_t kRows = 29, kObs = 4, kActions = 3;
constexpr float kGamma = 0.875F;  // exact in double too

struct Variant {
  bool double_dqn, huber;
};

class DqnShardTest : public testing::TestWithParam<Variant> {
 protected:
  DqnShardTest() {
    for (nn::Mlp* net : {&online_, &target_}) FillNormal(*net, rng_);
    rows_ = RandomBatch(rng_, kRows, {kObs, 1}, kActions);
    rows_.rows.reward *= 2.0F;  // errors on both sides of huber's corner
    for (std::int64_t b = 0; b < kRows; ++b) {
      rows_.weights[b] = 0.2F + static_cast<float>(rng_.Uniform());
    }
  }

  std::vector<DqnShard> Run(const std::vector<std::int64_t>& cuts) {
    const DqnBatch batch = {.rows = &rows_,
                            .online = &online_,
                            .target = &target_,
                            .gamma = kGamma,
                            .double_dqn = GetParam().double_dqn,
                            .huber = GetParam().huber};
    std::vector<DqnShard> shards(cuts.size() - 1);
    for (std::size_t i = 0; i < shards.size(); ++i) {
      shards[i].TdErrors(batch, cuts[i], cuts[i + 1]);
      shards[i].Gradient();
    }
    return shards;
  }

  Rng rng_{1, "test"};
  nn::Mlp online_{{.inputs = kObs, .hidden = {20, 17}, .outputs = kActions}};
  nn::Mlp target_{{.inputs = kObs, .hidden = {20, 17}, .outputs = kActions}};
  SampleBatch rows_;
};

TEST_P(DqnShardTest, LossAndGradientAgreeWithAutograd) {
  const at::Tensor flat = online_.parameters().to(at::kDouble).requires_grad_();
  const at::Tensor next_obs = ToDouble(rows_.rows.next_obs);
  const at::Tensor target =
      ReferenceForward(target_, target_.parameters().to(at::kDouble), next_obs)[0];
  const at::Tensor judge =
      GetParam().double_dqn ? ReferenceForward(online_, flat, next_obs)[0].detach() : target;
  const at::Tensor alive = 1.0 - ToDouble(rows_.rows.terminated);
  const at::Tensor y =
      ToDouble(rows_.rows.reward) + kGamma * alive * target.gather(1, judge.argmax(1, true));
  const at::Tensor q = ReferenceForward(online_, flat, ToDouble(rows_.rows.obs))[0].gather(
      1, ToDouble(rows_.rows.action).to(at::kLong));
  const at::Tensor td = q - y;
  const at::Tensor each =
      GetParam().huber ? torch::huber_loss(q, y, at::Reduction::None, 1.0) : td.square();
  const at::Tensor loss = (each * ToDouble(rows_.weights)).mean();
  loss.backward();

  const auto shards = Run({0, kRows});
  ExpectNear(ToDouble(shards[0].td(), {kRows, 1}), td.detach());
  EXPECT_NEAR(shards[0].loss() / kRows, loss.item<double>(), 1e-5);
  EXPECT_NEAR(shards[0].q(), q.sum().item<double>(), 1e-4);
  ExpectNear(ToDouble(shards[0].gradient(), {online_.layout().size()}), flat.grad());
}

TEST_P(DqnShardTest, PartsOfTheRowsAddUpToTheWhole) {
  const auto whole = Run({0, kRows});
  at::Tensor sum = torch::zeros({online_.layout().size()}, at::kDouble);
  for (const DqnShard& part : Run({0, 10, 11, kRows})) {
    sum += ToDouble(part.gradient(), sum.sizes());
  }
  ExpectNear(sum, ToDouble(whole[0].gradient(), sum.sizes()));
}

INSTANTIATE_TEST_SUITE_P(Variants, DqnShardTest,
                         testing::Values(Variant{false, false}, Variant{false, true},
                                         Variant{true, false}, Variant{true, true}));

}  // namespace
}  // namespace dyna::learner
