#include "model_server/dynamics/ensemble_net.hpp"

#include <torch/torch.h>

#include <cmath>
#include <utility>

#include "common/core/check.hpp"
#include "common/nn/activation_kernels.hpp"
#include "common/nn/dense_kernels.hpp"
#include "common/nn/torch/gemm.hpp"

namespace dyna::dynamics {
namespace {

/// N(0, std^2) conditioned on |x| <= 2 std, by redrawing.
float TruncatedNormal(double std, Rng& rng) {
  while (true) {
    const double z = rng.Normal();
    if (std::abs(z) <= 2.0) return static_cast<float>(std * z);
  }
}

float* Data(const at::Tensor& tensor) {
  DYNA_CHECK(tensor.is_contiguous());
  return tensor.data_ptr<float>();
}

}  // namespace

EnsembleNet::EnsembleNet(std::int64_t members, std::vector<std::int64_t> sizes,
                         nn::Activation activation)
    : sizes_(std::move(sizes)), activation_(activation) {
  DYNA_CHECK(members >= 1 && sizes_.size() >= 2);
  std::int64_t offset = 0;
  for (std::size_t l = 0; l + 1 < sizes_.size(); ++l) {
    places_.push_back({.weight = offset, .bias = offset + sizes_[l] * sizes_[l + 1]});
    offset = places_.back().bias + sizes_[l + 1];
  }
  params_ = torch::zeros({members, offset}, torch::kFloat32);
  for (std::size_t l = 0; l < places_.size(); ++l) {
    auto& layer = views_.emplace_back();
    for (std::int64_t e = 0; e < members; ++e) {
      const at::Tensor row = params_.select(0, e);
      layer.emplace_back(row.narrow(0, places_[l].weight, sizes_[l] * sizes_[l + 1])
                             .view({sizes_[l], sizes_[l + 1]}),
                         row.narrow(0, places_[l].bias, sizes_[l + 1]));
    }
  }
}

at::Tensor EnsembleNet::weight(std::int64_t layer, std::int64_t member) const {
  return views_[static_cast<std::size_t>(layer)][static_cast<std::size_t>(member)].first;
}

at::Tensor EnsembleNet::bias(std::int64_t layer, std::int64_t member) const {
  return views_[static_cast<std::size_t>(layer)][static_cast<std::size_t>(member)].second;
}

void EnsembleNet::Init(Rng& rng) {
  params_.zero_();
  for (std::int64_t e = 0; e < members(); ++e) {
    for (std::int64_t l = 0; l < layers(); ++l) {
      const at::Tensor w = weight(l, e);
      const double std = 1.0 / (2.0 * std::sqrt(static_cast<double>(w.size(0))));
      float* values = w.data_ptr<float>();
      for (std::int64_t i = 0; i < w.numel(); ++i) values[i] = TruncatedNormal(std, rng);
    }
  }
}

float* EnsembleNet::Product(std::int64_t member, std::size_t layer, const float* x,
                            std::int64_t rows, float* y) const {
  const std::int64_t out = sizes_[layer + 1];
  nn::Multiply({.rows = rows, .columns = out, .inner = sizes_[layer]},
               {.data = x, .stride = sizes_[layer]},
               {.data = values(member) + places_[layer].weight, .stride = out}, y);
  return y;
}

at::Tensor EnsembleNet::Forward(std::int64_t member, const at::Tensor& x) const {
  const std::int64_t rows = x.size(0);
  at::Tensor in = x, out;
  for (std::size_t l = 0; l < places_.size(); ++l) {
    out = torch::empty({rows, sizes_[l + 1]}, torch::kFloat32);
    float* y = Product(member, l, Data(in), rows, Data(out));
    const float* bias = values(member) + places_[l].bias;
    if (l + 1 == places_.size()) {
      nn::AddBias(rows, sizes_[l + 1], bias, y);
    } else {
      nn::AddBiasActivate(activation_, rows, sizes_[l + 1], bias, y);
    }
    in = out;
  }
  return out;
}

at::Tensor EnsembleNet::Forward(std::int64_t member, const at::Tensor& x, Scratch& scratch) const {
  const std::int64_t rows = x.size(0);
  Resize(scratch, rows);
  const float* in = Data(x);
  const std::size_t last = places_.size() - 1;
  for (std::size_t l = 0; l < last; ++l) {
    float* slope = Product(member, l, in, rows, Data(scratch.slope[l]));
    float* after = Data(scratch.after[l]);
    nn::AddBiasActivateWithSlope(activation_, rows, sizes_[l + 1], values(member) + places_[l].bias,
                                 slope, after);
    in = after;
  }
  float* out = Product(member, last, in, rows, Data(scratch.after[last]));
  nn::AddBias(rows, sizes_.back(), values(member) + places_[last].bias, out);
  return scratch.after[last].narrow(0, 0, rows);
}

void EnsembleNet::Backward(std::int64_t member, const at::Tensor& x, const at::Tensor& grad_output,
                           Scratch& scratch, at::Tensor& grad_params) const {
  const std::int64_t rows = x.size(0);
  const float* grad = Data(grad_output);
  for (std::size_t l = places_.size(); l-- > 0;) {
    const std::int64_t inputs = sizes_[l], outputs = sizes_[l + 1];
    const float* in = l == 0 ? Data(x) : Data(scratch.after[l - 1]);
    nn::Multiply({.rows = inputs, .columns = outputs, .inner = rows},
                 {.data = in, .stride = inputs, .transposed = true},
                 {.data = grad, .stride = outputs}, Data(grad_params) + places_[l].weight);
    nn::SumColumns(rows, outputs, grad, Data(grad_params) + places_[l].bias);
    if (l == 0) return;
    float* below = Data(scratch.grad[l - 1]);
    nn::Multiply(
        {.rows = rows, .columns = inputs, .inner = outputs}, {.data = grad, .stride = outputs},
        {.data = values(member) + places_[l].weight, .stride = outputs, .transposed = true}, below);
    nn::MultiplyBy(rows * inputs, scratch.slope[l - 1].data_ptr<float>(), below);
    grad = below;
  }
}

std::vector<float> EnsembleNet::DecayVector(std::span<const double> per_layer) const {
  DYNA_CHECK(per_layer.size() == places_.size());
  std::vector<float> decay(static_cast<std::size_t>(params_.size(1)), 0.0F);
  for (std::size_t l = 0; l < places_.size(); ++l) {
    std::fill(decay.begin() + places_[l].weight, decay.begin() + places_[l].bias,
              static_cast<float>(per_layer[l]));
  }
  return decay;
}

void EnsembleNet::Resize(Scratch& scratch, std::int64_t rows) const {
  if (rows <= scratch.rows) return;
  scratch.slope.clear();
  scratch.after.clear();
  scratch.grad.clear();
  for (std::size_t l = 0; l + 1 < sizes_.size(); ++l) {
    for (auto* column : {&scratch.slope, &scratch.after, &scratch.grad}) {
      column->push_back(torch::empty({rows, sizes_[l + 1]}, torch::kFloat32));
    }
  }
  scratch.rows = rows;
}

}  // namespace dyna::dynamics
