#include "common/nn/torch/mlp.hpp"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>

#include "common/core/check.hpp"
#include "common/nn/dense_kernels.hpp"
#include "common/nn/torch/gemm.hpp"

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

std::vector<std::int64_t> Offsets(std::int64_t members, const std::vector<std::int64_t>& widths) {
  std::vector<std::int64_t> offsets = {0};
  for (std::size_t l = 0; l + 1 < widths.size(); ++l) {
    offsets.push_back(offsets.back() + members * (widths[l] + 1) * widths[l + 1]);
  }
  return offsets;
}

}  // namespace

Mlp::Mlp(const Options& options)
    : options_(options),
      widths_(Widths(options)),
      layout_(Layout(options.members, widths_)),
      offsets_(Offsets(options.members, widths_)),
      parameters_(layout_.Zeros()) {
  DYNA_CHECK(offsets_.back() == layout_.size());
}

std::int64_t Mlp::weight_offset(std::size_t layer, std::int64_t member) const {
  return offsets_[layer] + member * widths_[layer] * widths_[layer + 1];
}

std::int64_t Mlp::bias_offset(std::size_t layer, std::int64_t member) const {
  return weight_offset(layer, options_.members) + member * widths_[layer + 1];
}

void Mlp::InitGlorot(Rng& rng) {
  parameters_.zero_();
  for (std::size_t l = 0; l < layer_count(); ++l) {
    const double limit = std::sqrt(6.0 / static_cast<double>(widths_[l] + widths_[l + 1]));
    for (float& w : FloatSpan(layout_.View(parameters_, 2 * l))) {
      w = static_cast<float>(rng.Uniform(-limit, limit));
    }
  }
}

const float* Mlp::input(std::size_t layer, std::int64_t member, const Tape& tape) const {
  return layer == 0 ? tape.input
                    : tape.output[layer - 1].data() + member * tape.rows * widths_[layer];
}

void Mlp::ForwardLayer(std::size_t layer, std::int64_t member, Tape& tape) const {
  const std::int64_t in = widths_[layer], out = widths_[layer + 1];
  const float* x = input(layer, member, tape);
  const float* weight = values() + weight_offset(layer, member);
  const float* bias = values() + bias_offset(layer, member);
  float* y = tape.output[layer].data() + member * tape.rows * out;
  const bool last = layer + 1 == layer_count();
  if (last && out == 1) return DotRows(tape.rows, in, x, weight, *bias, y);
  Multiply({.rows = tape.rows, .columns = out, .inner = in}, {.data = x, .stride = in},
           {.data = weight, .stride = out}, y);
  last ? AddBias(tape.rows, out, bias, y) : AddBiasRelu(tape.rows, out, bias, y);
}

const float* Mlp::Forward(const float* x, std::int64_t rows, Tape& tape) const {
  tape.rows = rows;
  tape.input = x;
  tape.output.resize(layer_count());
  tape.grad.resize(layer_count() - 1);
  for (std::size_t l = 0; l < layer_count(); ++l) {
    tape.output[l].Reserve(options_.members * rows * widths_[l + 1]);
  }
  for (std::int64_t e = 0; e < options_.members; ++e) {
    for (std::size_t l = 0; l < layer_count(); ++l) ForwardLayer(l, e, tape);
  }
  return tape.output.back().data();
}

void Mlp::Backward(const float* grad_output, std::int64_t rows, Tape& tape,
                   float* gradients) const {
  DYNA_CHECK(rows <= tape.rows);
  for (std::size_t l = 0; l + 1 < layer_count(); ++l) tape.grad[l].Reserve(rows * widths_[l + 1]);
  for (std::int64_t e = 0; e < options_.members; ++e) {
    MemberBackward(grad_output + e * rows * widths_.back(), rows, e, tape, gradients);
  }
}

void Mlp::MemberBackward(const float* grad_output, std::int64_t rows, std::int64_t member,
                         Tape& tape, float* gradients) const {
  const float* grad = grad_output;
  for (std::size_t l = layer_count(); l-- > 0;) {
    const std::int64_t in = widths_[l], out = widths_[l + 1];
    const float* x = input(l, member, tape);
    const float* weight = values() + weight_offset(l, member);
    float* grad_weight = gradients + weight_offset(l, member);
    float* below = l == 0 ? nullptr : tape.grad[l - 1].data();
    SumColumns(rows, out, grad, gradients + bias_offset(l, member));
    if (out == 1) {
      SumScaledRows(rows, in, x, grad, grad_weight);
      if (l > 0) OuterReluBackward(rows, in, grad, weight, x, below);
    } else {
      Multiply({.rows = in, .columns = out, .inner = rows},
               {.data = x, .stride = in, .transposed = true}, {.data = grad, .stride = out},
               grad_weight);
      if (l > 0) {
        Multiply({.rows = rows, .columns = in, .inner = out}, {.data = grad, .stride = out},
                 {.data = weight, .stride = out, .transposed = true}, below);
        ReluBackward(rows * in, x, below);
      }
    }
    grad = below;
  }
}

const float* Mlp::RoutedBackward(std::int64_t member, float scale, Tape& tape) const {
  const auto rows = static_cast<std::int64_t>(tape.route.size());
  std::size_t l = layer_count() - 1;
  std::int64_t in = widths_[l];
  float* grad = tape.grad[l - 1].Reserve(rows * in);
  const float* x = input(l, member, tape);
  const float* weight = values() + weight_offset(l, member);
  for (std::int64_t r = 0; r < rows; ++r) {
    const std::int64_t b = tape.route[static_cast<std::size_t>(r)];
    OuterReluBackward(1, in, &scale, weight, x + b * in, grad + r * in);
  }
  for (--l; l > 0; --l) {
    const std::int64_t out = in;
    in = widths_[l];
    float* below = tape.grad[l - 1].Reserve(rows * in);
    Multiply({.rows = rows, .columns = in, .inner = out}, {.data = grad, .stride = out},
             {.data = values() + weight_offset(l, member), .stride = out, .transposed = true},
             below);
    x = input(l, member, tape);
    for (std::int64_t r = 0; r < rows; ++r) {
      ReluBackward(in, x + tape.route[static_cast<std::size_t>(r)] * in, below + r * in);
    }
    grad = below;
  }
  return grad;
}

void Mlp::RoutedInputGradient(const std::int32_t* member, float scale, std::int64_t column,
                              Tape& tape, float* grad) const {
  DYNA_CHECK(column >= 0 && column < options_.inputs);
  DYNA_CHECK(options_.outputs == 1 && layer_count() >= 2);
  const std::int64_t columns = options_.inputs - column, hidden = widths_[1];
  float* compact = tape.routed.Reserve(tape.rows * columns);
  for (std::int64_t e = 0; e < options_.members; ++e) {
    tape.route.clear();
    for (std::int64_t b = 0; b < tape.rows; ++b) {
      if (member[b] == e) tape.route.push_back(b);
    }
    const float* hidden_grad = RoutedBackward(e, scale, tape);
    Multiply(
        {.rows = static_cast<std::int64_t>(tape.route.size()), .columns = columns, .inner = hidden},
        {.data = hidden_grad, .stride = hidden},
        {.data = values() + weight_offset(0, e) + column * hidden,
         .stride = hidden,
         .transposed = true},
        compact);
    const float* from = compact;
    for (const std::int64_t b : tape.route) {
      std::copy(from, from + columns, grad + b * columns);
      from += columns;
    }
  }
}

std::vector<DenseLayer> Mlp::Layers(std::int64_t member) const {
  std::vector<DenseLayer> layers;
  for (std::size_t l = 0; l < layer_count(); ++l) {
    const Eigen::Map<const RowMatrix> weight(values() + weight_offset(l, member), widths_[l],
                                             widths_[l + 1]);
    layers.push_back({weight.transpose(), Eigen::Map<const FloatVector>(
                                              values() + bias_offset(l, member), widths_[l + 1])});
  }
  return layers;
}

}  // namespace dyna::nn
