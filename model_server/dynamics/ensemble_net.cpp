#include "model_server/dynamics/ensemble_net.hpp"

#include <torch/torch.h>

#include <cmath>
#include <utility>

#include "common/core/check.hpp"

namespace dyna::dynamics {
namespace {

/// N(0, std^2) conditioned on |x| <= 2 std, by redrawing.
float TruncatedNormal(double std, Rng& rng) {
  while (true) {
    const double z = rng.Normal();
    if (std::abs(z) <= 2.0) return static_cast<float>(std * z);
  }
}

void Activate(nn::Activation activation, const at::Tensor& before, at::Tensor& after) {
  switch (activation) {
    case nn::Activation::kRelu:
      at::clamp_min_out(after, before, 0.0);
      return;
    case nn::Activation::kTanh:
      at::tanh_out(after, before);
      return;
    case nn::Activation::kSilu:
      at::silu_out(after, before);
      return;
  }
}

/// grad *= f'(before), in place.
void ActivateBackward(nn::Activation activation, const at::Tensor& before, const at::Tensor& after,
                      at::Tensor& grad) {
  switch (activation) {
    case nn::Activation::kRelu:
      at::threshold_backward_out(grad, grad, before, 0.0);
      return;
    case nn::Activation::kTanh:
      at::tanh_backward_out(grad, grad, after);
      return;
    case nn::Activation::kSilu:
      at::silu_backward_out(grad, grad, before);
      return;
  }
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

at::Tensor EnsembleNet::Forward(std::int64_t member, const at::Tensor& x) const {
  at::Tensor y = at::addmm(bias(0, member), x, weight(0, member));
  for (std::int64_t l = 1; l < layers(); ++l) {
    Activate(activation_, y, y);
    y = at::addmm(bias(l, member), y, weight(l, member));
  }
  return y;
}

at::Tensor EnsembleNet::Forward(std::int64_t member, const at::Tensor& x, Scratch& scratch) const {
  const std::int64_t rows = x.size(0);
  Resize(scratch, rows);
  at::Tensor in = x;
  for (std::size_t l = 0; l < views_.size(); ++l) {
    const auto& [w, b] = views_[l][static_cast<std::size_t>(member)];
    at::Tensor before = scratch.before[l].narrow(0, 0, rows);
    at::addmm_out(before, b, in, w);
    if (l + 1 == views_.size()) return before;
    at::Tensor after = scratch.after[l].narrow(0, 0, rows);
    Activate(activation_, before, after);
    in = after;
  }
  return in;
}

void EnsembleNet::Backward(std::int64_t member, const at::Tensor& x, const at::Tensor& grad_output,
                           Scratch& scratch, at::Tensor& grad_params) const {
  const std::int64_t rows = x.size(0);
  at::Tensor grad = grad_output;
  for (std::size_t l = views_.size(); l-- > 0;) {
    const at::Tensor in = l == 0 ? x : scratch.after[l - 1].narrow(0, 0, rows);
    at::Tensor grad_w = grad_params.narrow(0, places_[l].weight, sizes_[l] * sizes_[l + 1])
                            .view({sizes_[l], sizes_[l + 1]});
    at::Tensor grad_b = grad_params.narrow(0, places_[l].bias, sizes_[l + 1]);
    at::mm_out(grad_w, in.t(), grad);
    at::sum_out(grad_b, grad, {0});
    if (l == 0) return;
    at::Tensor below = scratch.grad[l - 1].narrow(0, 0, rows);
    at::mm_out(below, grad, views_[l][static_cast<std::size_t>(member)].first.t());
    ActivateBackward(activation_, scratch.before[l - 1].narrow(0, 0, rows), in, below);
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
  scratch.before.clear();
  scratch.after.clear();
  scratch.grad.clear();
  for (std::size_t l = 0; l + 1 < sizes_.size(); ++l) {
    for (auto* column : {&scratch.before, &scratch.after, &scratch.grad}) {
      column->push_back(torch::empty({rows, sizes_[l + 1]}, torch::kFloat32));
    }
  }
  scratch.rows = rows;
}

}  // namespace dyna::dynamics
