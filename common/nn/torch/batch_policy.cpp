#include "common/nn/torch/batch_policy.hpp"

#include <torch/torch.h>

#include <algorithm>
#include <array>

#include "common/core/check.hpp"
#include "common/nn/activation_kernels.hpp"
#include "common/nn/aligned_floats.hpp"
#include "common/nn/dense_kernels.hpp"
#include "common/nn/torch/gemm.hpp"
#include "common/nn/torch/parallel.hpp"

namespace dyna::nn {
namespace {

at::Tensor VectorTensor(const FloatVector& values) {
  at::Tensor tensor = torch::empty({values.size()}, torch::kFloat32);
  std::copy(values.data(), values.data() + values.size(), tensor.data_ptr<float>());
  return tensor;
}

at::Tensor MatrixTensor(const RowMatrix& values) {
  at::Tensor tensor = torch::empty({values.rows(), values.cols()}, torch::kFloat32);
  std::copy(values.data(), values.data() + values.size(), tensor.data_ptr<float>());
  return tensor;
}

/// Few enough rows for a layer's activations to stay in a core's cache.
constexpr std::int64_t kBlockRows = 512;

}  // namespace

BatchPolicy::BatchPolicy(const PolicyWeights& weights)
    : kind_(weights.kind),
      activation_(weights.activation),
      action_center_(VectorTensor(weights.action_center)),
      action_scale_(VectorTensor(weights.action_scale)),
      std_form_(weights.std_form),
      log_std_min_(weights.log_std_min),
      log_std_max_(weights.log_std_max),
      std_min_(weights.std_min) {
  DYNA_CHECK(!weights.layers.empty());
  for (const DenseLayer& layer : weights.layers) {
    layers_.push_back({MatrixTensor(layer.weight).t().contiguous(), VectorTensor(layer.bias)});
  }
}

at::Tensor BatchPolicy::Act(const at::Tensor& obs, bool deterministic, double epsilon,
                            const TorchGenerator& generator) const {
  const torch::NoGradGuard no_grad;
  if (kind_ == PolicyWeights::Kind::kSquashedGaussian) {
    return ActGaussian(Forward(obs), deterministic, generator);
  }
  return ActDiscrete(Forward(obs), deterministic, epsilon, generator);
}

at::Tensor BatchPolicy::Forward(const at::Tensor& obs) const {
  if (kind_ == PolicyWeights::Kind::kQTable) {
    return layers_[0].weight.index_select(0, obs.select(1, 0).to(torch::kInt64));
  }
  DYNA_CHECK_MSG(
      obs.size(1) == layers_[0].weight.size(0),
      obs.size(1) << " observation columns for a policy of " << layers_[0].weight.size(0));
  const at::Tensor dense = obs.contiguous();
  const std::int64_t rows = dense.size(0);
  at::Tensor output = torch::empty({rows, layers_.back().bias.size(0)}, torch::kFloat32);
  ParallelTasks((rows + kBlockRows - 1) / kBlockRows, [&](std::int64_t block) {
    const std::int64_t first = block * kBlockRows;
    ForwardBlock(dense.data_ptr<float>() + first * dense.size(1),
                 std::min(kBlockRows, rows - first),
                 output.data_ptr<float>() + first * output.size(1));
  });
  return output;
}

void BatchPolicy::ForwardBlock(const float* obs, std::int64_t rows, float* output) const {
  thread_local std::array<AlignedFloats, 2> scratch;
  const float* x = obs;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const Layer& layer = layers_[i];
    const std::int64_t in = layer.weight.size(0), out = layer.weight.size(1);
    const bool last = i + 1 == layers_.size();
    float* y = last ? output : scratch[i % 2].Reserve(rows * out);
    Multiply({.rows = rows, .columns = out, .inner = in}, {.data = x, .stride = in},
             {.data = layer.weight.data_ptr<float>(), .stride = out}, y);
    const float* bias = layer.bias.data_ptr<float>();
    if (last) {
      AddBias(rows, out, bias, y);
    } else {
      AddBiasActivate(activation_, rows, out, bias, y);
    }
    x = y;
  }
}

at::Tensor BatchPolicy::ActGaussian(const at::Tensor& output, bool deterministic,
                                    const TorchGenerator& generator) const {
  const std::int64_t columns = action_center_.size(0);
  at::Tensor u = output.narrow(1, 0, columns);
  if (!deterministic) {
    const at::Tensor std = StdOf(output.narrow(1, columns, columns));
    const at::Tensor noise = torch::empty_like(std).normal_(0.0, 1.0, generator.get());
    u = u + std * noise;
  }
  return action_center_ + action_scale_ * u.tanh();
}

at::Tensor BatchPolicy::StdOf(const at::Tensor& output) const {
  if (std_form_ == StdForm::kSoftplus) return torch::softplus(output) + std_min_;
  return output.clamp(log_std_min_, log_std_max_).exp();
}

at::Tensor BatchPolicy::ActDiscrete(const at::Tensor& values, bool deterministic, double epsilon,
                                    const TorchGenerator& generator) const {
  if (deterministic) return values.argmax(1, true).to(torch::kFloat32);
  // Ties are broken at random: among the greatest values, the one with the greatest random key.
  const at::Tensor keys = torch::empty_like(values).uniform_(0.0, 1.0, generator.get());
  const at::Tensor best = values == values.amax({1}, true);
  const at::Tensor greedy = keys.masked_fill(best.logical_not(), -1.0).argmax(1, true);
  const at::Tensor coin =
      torch::empty({values.size(0), 1}, torch::kFloat32).uniform_(0.0, 1.0, generator.get());
  const at::Tensor uniform =
      torch::empty({values.size(0), 1}, torch::kInt64).random_(0, values.size(1), generator.get());
  return torch::where(coin < epsilon, uniform, greedy).to(torch::kFloat32);
}

}  // namespace dyna::nn
