#include "model_server/dynamics/ensemble_net.hpp"

#include <torch/torch.h>

#include <algorithm>
#include <utility>

#include "common/core/check.hpp"
#include "common/nn/activation_kernels.hpp"
#include "common/nn/dense_kernels.hpp"
#include "common/nn/layer_norm_kernels.hpp"
#include "common/nn/torch/gemm.hpp"
#include "model_server/dynamics/dropout.hpp"

namespace dyna::dynamics {
namespace {

float* Data(const at::Tensor& tensor) {
  DYNA_CHECK(tensor.is_contiguous());
  return tensor.data_ptr<float>();
}

/// First value of row `row`.
float* Row(const at::Tensor& tensor, std::int64_t row) {
  return Data(tensor) + row * tensor.stride(0);
}

}  // namespace

EnsembleNet::EnsembleNet(std::int64_t members, std::vector<std::int64_t> sizes,
                         nn::Activation activation, NetExtras extras)
    : sizes_(std::move(sizes)), activation_(activation), extras_(std::move(extras)) {
  DYNA_CHECK(members >= 1 && sizes_.size() >= 2);
  const std::size_t hidden = sizes_.size() - 2;
  DYNA_CHECK(extras_.norm_epsilon.empty() || extras_.norm_epsilon.size() == hidden);
  DYNA_CHECK(extras_.dropout.empty() || extras_.dropout.size() == hidden);
  std::int64_t offset = 0;
  for (std::size_t l = 0; l + 1 < sizes_.size(); ++l) {
    places_.push_back({.weight = offset, .bias = offset + sizes_[l] * sizes_[l + 1]});
    offset = places_.back().bias + sizes_[l + 1];
  }
  params_ = torch::zeros({members, offset + extras_.own}, torch::kFloat32);
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

at::Tensor EnsembleNet::OwnColumns(const at::Tensor& params) const {
  return params.narrow(-1, params.size(-1) - extras_.own, extras_.own);
}

float EnsembleNet::norm_epsilon(std::size_t layer) const {
  return extras_.norm_epsilon.empty() ? 0.0F : static_cast<float>(extras_.norm_epsilon[layer]);
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
      if (const float epsilon = norm_epsilon(l); epsilon > 0.0F) {
        nn::NormalizeRows(rows, sizes_[l + 1], epsilon, y, nullptr);
      }
    }
    in = out;
  }
  return out;
}

at::Tensor EnsembleNet::Forward(std::int64_t member, const at::Tensor& x, Scratch& scratch,
                                Rng* dropout) const {
  const RowRange all{.begin = 0, .count = x.size(0)};
  Resize(scratch, all.count);
  ForwardRows(member, all, Data(x), scratch, dropout);
  return scratch.after.back().narrow(0, 0, all.count);
}

void EnsembleNet::ForwardRange(std::int64_t member, RowRange range, const at::Tensor& x,
                               Scratch& scratch) const {
  ForwardRows(member, range, Row(x, range.begin), scratch, nullptr);
}

void EnsembleNet::ForwardRows(std::int64_t member, RowRange range, const float* x, Scratch& scratch,
                              Rng* dropout) const {
  const float* in = x;
  const std::size_t last = places_.size() - 1;
  for (std::size_t l = 0; l < last; ++l) {
    Product(member, l, in, range.count, Row(scratch.slope[l], range.begin));
    HiddenLayer(member, l, range, scratch, dropout);
    in = Row(scratch.after[l], range.begin);
  }
  float* out = Product(member, last, in, range.count, Row(scratch.after[last], range.begin));
  nn::AddBias(range.count, sizes_.back(), values(member) + places_[last].bias, out);
}

void EnsembleNet::HiddenLayer(std::int64_t member, std::size_t layer, RowRange range,
                              Scratch& scratch, Rng* stream) const {
  const std::int64_t columns = sizes_[layer + 1], size = range.count * columns;
  float* slope = Row(scratch.slope[layer], range.begin);
  float* after = Row(scratch.after[layer], range.begin);
  const float* bias = values(member) + places_[layer].bias;
  const double rate = stream == nullptr ? 0.0 : dropout(layer);
  if (rate == 0.0) {
    nn::AddBiasActivateWithSlope(activation_, range.count, columns, bias, slope, after);
  } else {
    // What stays is scaled up; what is dropped is a pre-activation of 0, where every f(0) = 0.
    const float scale = static_cast<float>(1.0 / (1.0 - rate));
    std::vector<float> scaled_bias(bias, bias + columns);
    nn::Scale(columns, scale, scaled_bias.data());
    nn::Scale(size, scale, slope);
    nn::AddBiasActivateWithSlope(activation_, range.count, columns, scaled_bias.data(), slope,
                                 after);
    nn::Scale(size, scale, slope);
    DrawDropped(rate, size, *stream, scratch.dropped);
    for (const std::int64_t place : scratch.dropped) slope[place] = after[place] = 0.0F;
  }
  if (const float epsilon = norm_epsilon(layer); epsilon > 0.0F) {
    nn::NormalizeRows(range.count, columns, epsilon, after,
                      Data(scratch.inverse_std[layer]) + range.begin);
  }
}

void EnsembleNet::Backward(std::int64_t member, const at::Tensor& x, const at::Tensor& grad_output,
                           Scratch& scratch, at::Tensor& grad_params) const {
  BackwardRows(member, {.begin = 0, .count = x.size(0)},
               {.x = Data(x), .grad_output = Data(grad_output), .grad_params = Data(grad_params)},
               scratch);
}

void EnsembleNet::InputGradient(std::int64_t member, RowRange range, const at::Tensor& grad_output,
                                Scratch& scratch, at::Tensor& grad_x) const {
  BackwardRows(member, range,
               {.grad_output = Row(grad_output, range.begin), .grad_x = Row(grad_x, range.begin)},
               scratch);
}

void EnsembleNet::BackwardRows(std::int64_t member, RowRange range, const BackwardData& data,
                               Scratch& scratch) const {
  const std::int64_t rows = range.count;
  const float* grad = data.grad_output;
  for (std::size_t l = places_.size(); l-- > 0;) {
    const std::int64_t inputs = sizes_[l], outputs = sizes_[l + 1];
    if (data.grad_params != nullptr) {
      const float* in = l == 0 ? data.x : Row(scratch.after[l - 1], range.begin);
      nn::Multiply({.rows = inputs, .columns = outputs, .inner = rows},
                   {.data = in, .stride = inputs, .transposed = true},
                   {.data = grad, .stride = outputs}, data.grad_params + places_[l].weight);
      nn::SumColumns(rows, outputs, grad, data.grad_params + places_[l].bias);
    }
    float* below = l == 0 ? data.grad_x : Row(scratch.grad[l - 1], range.begin);
    if (below == nullptr) return;
    nn::Multiply(
        {.rows = rows, .columns = inputs, .inner = outputs}, {.data = grad, .stride = outputs},
        {.data = values(member) + places_[l].weight, .stride = outputs, .transposed = true}, below);
    if (l == 0) return;
    if (norm_epsilon(l - 1) > 0.0F) {
      nn::NormalizeRowsBackward(rows, inputs, Row(scratch.after[l - 1], range.begin),
                                Data(scratch.inverse_std[l - 1]) + range.begin, below);
    }
    nn::MultiplyBy(rows * inputs, Row(scratch.slope[l - 1], range.begin), below);
    grad = below;
  }
}

std::vector<float> EnsembleNet::DecayVector(const Decay& decay) const {
  DYNA_CHECK(decay.per_layer.size() == places_.size());
  std::vector<float> vector(static_cast<std::size_t>(params_.size(1)), 0.0F);
  for (std::size_t l = 0; l < places_.size(); ++l) {
    const std::int64_t end = places_[l].bias + (decay.biases ? sizes_[l + 1] : 0);
    std::fill(vector.begin() + places_[l].weight, vector.begin() + end,
              static_cast<float>(decay.per_layer[l]));
  }
  std::fill(vector.end() - extras_.own, vector.end(), static_cast<float>(decay.own));
  return vector;
}

void EnsembleNet::Resize(Scratch& scratch, std::int64_t rows) const {
  if (rows <= scratch.rows) return;
  scratch.slope.clear();
  scratch.after.clear();
  scratch.grad.clear();
  scratch.inverse_std.clear();
  for (std::size_t l = 0; l + 1 < sizes_.size(); ++l) {
    for (auto* column : {&scratch.slope, &scratch.after, &scratch.grad}) {
      column->push_back(torch::empty({rows, sizes_[l + 1]}, torch::kFloat32));
    }
    scratch.inverse_std.push_back(torch::empty({rows}, torch::kFloat32));
  }
  scratch.rows = rows;
}

}  // namespace dyna::dynamics
