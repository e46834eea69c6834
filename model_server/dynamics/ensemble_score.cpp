#include "model_server/dynamics/ensemble_score.hpp"

#include <torch/torch.h>

#include <algorithm>

#include "common/core/check.hpp"
#include "common/nn/torch/parallel.hpp"

namespace dyna::dynamics {
namespace {

/// Few enough rows for a layer's activations to stay in a core's cache.
constexpr std::int64_t kBlockRows = 512;

std::vector<double> ToVector(const at::Tensor& values) {
  const at::Tensor dense = values.to(torch::kFloat64).contiguous();
  return {dense.data_ptr<double>(), dense.data_ptr<double>() + dense.numel()};
}

}  // namespace

at::Tensor MemberMeans(const Ensemble& ensemble, const at::Tensor& inputs) {
  const std::int64_t rows = inputs.size(0), targets = ensemble.options.shape.targets();
  at::Tensor means = torch::empty({ensemble.options.members, rows, targets}, torch::kFloat32);
  const std::int64_t blocks = (rows + kBlockRows - 1) / kBlockRows;
  nn::ParallelTasks(ensemble.options.members * blocks, [&](std::int64_t i) {
    const std::int64_t e = i / blocks, begin = i % blocks * kBlockRows;
    const std::int64_t count = std::min(kBlockRows, rows - begin);
    const at::Tensor out = ensemble.net.Forward(e, inputs.narrow(0, begin, count));
    means.select(0, e)
        .narrow(0, begin, count)
        .copy_(ensemble.head->Mean(ensemble.HeadColumns(out), targets));
  });
  return means;
}

std::vector<double> RowScores(const Ensemble& ensemble, const at::Tensor& means,
                              const at::Tensor& targets) {
  DYNA_CHECK(ensemble.head->per_member());
  at::Tensor v = (2.0 * ensemble.net.own().mean(0)).exp();
  if (means.size(0) > 1) v = v + means.var(0, /*unbiased=*/true);
  const at::Tensor error = targets - means.mean(0);
  return ToVector((0.5 * (error.square() / v + v.log())).expand_as(error).sum(1));
}

std::vector<double> MemberErrors(const at::Tensor& means, const at::Tensor& targets) {
  return ToVector((means - targets).square().mean(c10::IntArrayRef{1, 2}));
}

}  // namespace dyna::dynamics
