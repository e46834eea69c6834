#include "learner/algorithms/dhmbpo/actor.hpp"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <utility>

namespace dyna::learner::dhmbpo {
namespace {

nn::FlatLayout ActorLayout(std::int64_t obs, std::int64_t actions,
                           const std::vector<std::int64_t>& hidden) {
  nn::FlatLayout layout;
  std::int64_t in = obs;
  for (std::size_t l = 0; l <= hidden.size(); ++l) {
    const std::int64_t out = l < hidden.size() ? hidden[l] : 2 * actions;
    layout.Add("weight" + std::to_string(l), {out, in});
    layout.Add("bias" + std::to_string(l), {out});
    in = out;
  }
  return layout;
}

}  // namespace

void FillOrthogonal(at::Tensor& weight, Rng& rng) {
  const std::int64_t rows = weight.size(0), columns = weight.size(1);
  const std::int64_t tall = std::max(rows, columns), wide = std::min(rows, columns);
  Eigen::MatrixXd normal(tall, wide);
  for (Eigen::Index j = 0; j < wide; ++j) {
    for (Eigen::Index i = 0; i < tall; ++i) normal(i, j) = rng.Normal();
  }
  // Gram-Schmidt, twice for precision: its Q is that of the QR factorisation with a positive
  // diagonal, so it is uniform over all orthogonal frames (Mezzadri 2007).
  for (Eigen::Index j = 0; j < wide; ++j) {
    for (int pass = 0; pass < 2; ++pass) {
      for (Eigen::Index i = 0; i < j; ++i) {
        normal.col(j) -= normal.col(i).dot(normal.col(j)) * normal.col(i);
      }
    }
    normal.col(j).normalize();
  }
  const std::span<float> values = nn::FloatSpan(weight);
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t c = 0; c < columns; ++c) {
      values[static_cast<std::size_t>(r * columns + c)] =
          static_cast<float>(rows >= columns ? normal(r, c) : normal(c, r));
    }
  }
}

Actor::Actor(std::int64_t obs, std::int64_t actions, const std::vector<std::int64_t>& hidden,
             Rng& init)
    : actions_(actions), parameters_(ActorLayout(obs, actions, hidden)) {
  for (std::size_t i = 0; i < parameters_.layout().entries(); i += 2) {
    at::Tensor weight = parameters_.constants()[i];
    FillOrthogonal(weight, init);
  }
}

ActionDraw Actor::Draw(const at::Tensor& obs, const at::Tensor& noise) const {
  const auto& leaves = parameters_.leaves();
  at::Tensor y = obs;
  for (std::size_t i = 0; i < leaves.size(); i += 2) {
    if (i > 0) y = torch::silu(y);
    y = torch::addmm(leaves[i + 1], y, leaves[i].t());
  }
  const at::Tensor mean = y.narrow(1, 0, actions_);
  const at::Tensor std = torch::softplus(y.narrow(1, actions_, actions_)) + kActorStdMin;
  const at::Tensor x = mean + std * noise;
  const double constant = 0.5 * std::log(2.0 * std::numbers::pi);
  const at::Tensor gaussian = -0.5 * noise.square() - std.log() - constant;
  const at::Tensor squash = 2.0 * (std::numbers::ln2 - x - torch::softplus(-2.0 * x));
  return {.action = x.tanh(), .log_prob = (gaussian - squash).sum(1)};
}

std::vector<nn::DenseLayer> Actor::Layers() const {
  std::vector<nn::DenseLayer> layers;
  const auto& values = parameters_.constants();
  for (std::size_t i = 0; i < values.size(); i += 2) {
    const at::Tensor &weight = values[i], &bias = values[i + 1];
    layers.push_back({.weight = Eigen::Map<const RowMatrix>(weight.data_ptr<float>(),
                                                            weight.size(0), weight.size(1)),
                      .bias = Eigen::Map<const FloatVector>(bias.data_ptr<float>(), bias.size(0))});
  }
  return layers;
}

std::vector<nn::DenseLayer> FoldNormalizer(std::vector<nn::DenseLayer> layers,
                                           const FloatVector& mean, const FloatVector& std) {
  nn::DenseLayer& first = layers.front();
  // In double: a large mean over a small std cancels against the bias.
  const Eigen::MatrixXd weight = first.weight.cast<double>();
  const Eigen::VectorXd inverse = std.cast<double>().cwiseInverse();
  const Eigen::MatrixXd scaled = weight * inverse.asDiagonal();
  first.bias = (first.bias.cast<double>() - scaled * mean.cast<double>()).cast<float>();
  first.weight = scaled.cast<float>();
  return layers;
}

}  // namespace dyna::learner::dhmbpo
