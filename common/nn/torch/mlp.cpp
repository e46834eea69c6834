#include "common/nn/torch/mlp.hpp"

#include <torch/torch.h>

#include <cmath>

#include "common/core/check.hpp"

namespace dyna::nn {
namespace {

std::vector<std::int64_t> Widths(const Mlp::Options& options) {
  std::vector<std::int64_t> widths = {options.inputs};
  widths.insert(widths.end(), options.hidden.begin(), options.hidden.end());
  widths.push_back(options.outputs);
  for (const std::int64_t width : widths) DYNA_CHECK(width > 0);
  return widths;
}

FlatLayout Layout(std::int64_t members, const std::vector<std::int64_t>& widths) {
  FlatLayout layout;
  for (std::size_t l = 0; l + 1 < widths.size(); ++l) {
    layout.Add("weight" + std::to_string(l), {members, widths[l], widths[l + 1]});
    layout.Add("bias" + std::to_string(l), {members, widths[l + 1]});
  }
  return layout;
}

}  // namespace

Mlp::Mlp(const Options& options)
    : options_(options),
      widths_(Widths(options)),
      layout_(Layout(options.members, widths_)),
      parameters_(MakeViews()),
      gradients_(MakeViews()) {}

Mlp::Views Mlp::MakeViews() const {
  Views views(layout_.Zeros(options_.type));
  for (std::size_t l = 0; l < layer_count(); ++l) {
    views.bias.push_back(layout_.View(views.flat, 2 * l + 1));
    views.member_weight.push_back(layout_.View(views.flat, 2 * l).unbind(0));
    views.member_bias.push_back(views.bias.back().unbind(0));
  }
  return views;
}

void Mlp::InitGlorot(Rng& rng) {
  parameters_.flat.zero_();
  for (std::size_t l = 0; l < layer_count(); ++l) {
    const double limit = std::sqrt(6.0 / static_cast<double>(widths_[l] + widths_[l + 1]));
    at::Tensor weight = layout_.View(parameters_.flat, 2 * l);
    at::Tensor draws = at::empty(weight.sizes(), at::kDouble);
    double* values = draws.data_ptr<double>();
    for (std::int64_t i = 0; i < draws.numel(); ++i) values[i] = rng.Uniform(-limit, limit);
    weight.copy_(draws);
  }
}

void Mlp::Resize(Tape& tape, std::int64_t rows) const {
  if (tape.rows == rows) return;
  tape = Tape{};
  tape.rows = rows;
  for (std::size_t l = 0; l < layer_count(); ++l) {
    const std::vector<std::int64_t> shape = {options_.members, rows, widths_[l + 1]};
    tape.output.push_back(at::empty(shape, options_.type));
    tape.grad.push_back(at::empty(shape, options_.type));
    tape.member_output.push_back(tape.output.back().unbind(0));
    tape.member_grad.push_back(tape.grad.back().unbind(0));
  }
}

const at::Tensor& Mlp::Forward(const at::Tensor& x, Tape& tape) const {
  DYNA_CHECK(x.dim() == 2 && x.size(1) == options_.inputs && x.scalar_type() == options_.type);
  const at::NoGradGuard no_grad;
  Resize(tape, x.size(0));
  tape.input = x;
  for (std::size_t l = 0; l < layer_count(); ++l) {
    for (std::size_t e = 0; e < parameters_.member_weight[l].size(); ++e) {
      at::addmm_out(tape.member_output[l][e], parameters_.member_bias[l][e],
                    l == 0 ? x : tape.member_output[l - 1][e], parameters_.member_weight[l][e]);
    }
    if (l + 1 < layer_count()) tape.output[l].relu_();
  }
  return tape.output.back();
}

void Mlp::PropagateToLower(std::size_t layer, Tape& tape) const {
  for (std::size_t e = 0; e < parameters_.member_weight[layer].size(); ++e) {
    at::mm_out(tape.member_grad[layer - 1][e], tape.member_grad[layer][e],
               parameters_.member_weight[layer][e].t());
  }
  // ReLU: no gradient where its output is zero.
  at::threshold_backward_out(tape.grad[layer - 1], tape.grad[layer - 1], tape.output[layer - 1],
                             0.0);
}

void Mlp::Backward(const at::Tensor& grad_output, Tape& tape) {
  DYNA_CHECK(grad_output.sizes() == tape.output.back().sizes());
  const at::NoGradGuard no_grad;
  tape.grad.back().copy_(grad_output);
  for (std::size_t l = layer_count(); l-- > 0;) {
    for (std::size_t e = 0; e < parameters_.member_weight[l].size(); ++e) {
      const at::Tensor& input = l == 0 ? tape.input : tape.member_output[l - 1][e];
      at::mm_out(gradients_.member_weight[l][e], input.t(), tape.member_grad[l][e]);
    }
    at::sum_out(gradients_.bias[l], tape.grad[l], {1});
    if (l > 0) PropagateToLower(l, tape);
  }
}

at::Tensor Mlp::InputGradient(const at::Tensor& grad_output, std::int64_t column,
                              Tape& tape) const {
  DYNA_CHECK(grad_output.sizes() == tape.output.back().sizes());
  DYNA_CHECK(column >= 0 && column < options_.inputs);
  const at::NoGradGuard no_grad;
  tape.grad.back().copy_(grad_output);
  for (std::size_t l = layer_count() - 1; l > 0; --l) PropagateToLower(l, tape);
  at::Tensor grad = at::zeros({tape.rows, options_.inputs - column}, options_.type);
  for (std::size_t e = 0; e < parameters_.member_weight[0].size(); ++e) {
    const at::Tensor weight =
        parameters_.member_weight[0][e].narrow(0, column, options_.inputs - column);
    grad.addmm_(tape.member_grad[0][e], weight.t());
  }
  return grad;
}

std::vector<DenseLayer> Mlp::Layers(std::int64_t member) const {
  std::vector<DenseLayer> layers;
  for (std::size_t l = 0; l < layer_count(); ++l) {
    const auto e = static_cast<std::size_t>(member);
    const at::Tensor weight = parameters_.member_weight[l].at(e).t().to(at::kFloat).contiguous();
    const at::Tensor bias = parameters_.member_bias[l].at(e).to(at::kFloat).contiguous();
    layers.push_back(
        {Eigen::Map<const RowMatrix>(weight.data_ptr<float>(), widths_[l + 1], widths_[l]),
         Eigen::Map<const FloatVector>(bias.data_ptr<float>(), widths_[l + 1])});
  }
  return layers;
}

}  // namespace dyna::nn
