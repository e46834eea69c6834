#include "model_server/dynamics/normalizer.hpp"

#include <torch/torch.h>

#include <algorithm>

#include "common/core/check.hpp"
#include "common/core/error.hpp"
#include "common/nn/torch/tensor_state.hpp"

namespace dyna::dynamics {
namespace {

constexpr double kStdMin = 1e-12;
constexpr std::int64_t kChunkRows = 65536;  // bounds the float64 copy

}  // namespace

Normalizer::Normalizer(std::int64_t columns)
    : mean_(torch::zeros({columns}, torch::kFloat64)),
      std_(torch::ones({columns}, torch::kFloat64)) {
  CastDown();
}

void Normalizer::Fit(const at::Tensor& data, const at::Tensor& index, double std_min) {
  const std::int64_t rows = index.size(0);
  DYNA_CHECK(rows >= 1);
  // Both passes work on data shifted by its first row: a constant column is then exactly zero,
  // whatever its offset, and its std is not rounding noise.
  const at::Tensor shift = data.index_select(0, index.narrow(0, 0, 1)).to(torch::kFloat64);
  const auto chunk = [&](std::int64_t begin) {
    const std::int64_t count = std::min(kChunkRows, rows - begin);
    return data.index_select(0, index.narrow(0, begin, count)).to(torch::kFloat64).sub_(shift);
  };
  at::Tensor sum = torch::zeros_like(mean_);
  for (std::int64_t i = 0; i < rows; i += kChunkRows) sum += chunk(i).sum(0);
  const at::Tensor mean = sum / static_cast<double>(rows);
  at::Tensor squares = torch::zeros_like(mean_);
  for (std::int64_t i = 0; i < rows; i += kChunkRows)
    squares += chunk(i).sub_(mean).square_().sum(0);
  const at::Tensor std = (squares / static_cast<double>(rows)).sqrt_();
  mean_ = shift.squeeze(0) + mean;
  std_ = std_min > 0.0 ? std.clamp_min(std_min)
                       : torch::where(std < kStdMin, torch::ones_like(std), std);
  CastDown();
}

void Normalizer::Exempt(std::int64_t first) {
  const std::int64_t columns = mean_.size(0) - first;
  mean_.narrow(0, first, columns).zero_();
  std_.narrow(0, first, columns).fill_(1.0);
  CastDown();
}

void Normalizer::Apply(at::Tensor& x) const { x.sub_(mean_float_).div_(std_float_); }

void Normalizer::Invert(at::Tensor& x) const { x.mul_(std_float_).add_(mean_float_); }

at::Tensor Normalizer::Inverted(const at::Tensor& x) const { return x * std_float_ + mean_float_; }

void Normalizer::Save(StateDict& state, const std::string& prefix) const {
  nn::PutTensor(state, prefix + "mean", mean_);
  nn::PutTensor(state, prefix + "std", std_);
}

void Normalizer::Load(const StateDict& state, const std::string& prefix) {
  at::Tensor mean = torch::empty_like(mean_);
  at::Tensor std = torch::empty_like(std_);
  nn::GetTensorInto(state, prefix + "mean", mean);
  nn::GetTensorInto(state, prefix + "std", std);
  if (!mean.isfinite().all().item<bool>() || !(std > 0.0).all().item<bool>()) {
    throw CheckpointError("entries '" + prefix + "mean' and 'std' are not finite and positive");
  }
  mean_ = mean;
  std_ = std;
  CastDown();
}

void Normalizer::CastDown() {
  mean_float_ = mean_.to(torch::kFloat32);
  std_float_ = std_.to(torch::kFloat32);
}

}  // namespace dyna::dynamics
