#include "common/nn/policy.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "common/core/check.hpp"

namespace dyna::nn {
namespace {

/// From so many rows on the weights, once read, serve enough of them to be worth packing. Eigen's
/// products, compiled for any x86-64, do less than a third of what AVX2 can.
constexpr Eigen::Index kBatchRows = 8;

void Activate(Activation activation, RowMatrix& x) {
  switch (activation) {
    case Activation::kRelu:
      x = x.cwiseMax(0.0F);
      return;
    case Activation::kTanh:
      x = x.array().tanh();
      return;
    case Activation::kSilu:
      x = x.array() / (1.0F + (-x.array()).exp());
      return;
  }
}

/// Standard deviation of a squashed Gaussian from the net's output.
float StdOf(const PolicyWeights& weights, float output) {
  if (weights.std_form == StdForm::kSoftplus) {
    // max(x, 0) + ln(1 + e^-|x|): no overflow.
    return std::max(output, 0.0F) + std::log1p(std::exp(-std::abs(output))) + weights.std_min;
  }
  return std::exp(std::clamp(output, weights.log_std_min, weights.log_std_max));
}

/// Index of the greatest value; ties to the lowest index, or at random when `rng` is given.
Eigen::Index ArgMax(const Eigen::Ref<const Eigen::RowVectorXf>& values, Rng* rng) {
  Eigen::Index best = 0;
  std::uint64_t ties = 1;
  for (Eigen::Index i = 1; i < values.size(); ++i) {
    if (values[i] > values[best]) {
      best = i;
      ties = 1;
    } else if (rng != nullptr && values[i] == values[best] && rng->Below(++ties) == 0) {
      best = i;  // reservoir: each of the ties is kept with equal probability
    }
  }
  return best;
}

}  // namespace

Policy::Policy(PolicyWeights weights) : weights_(std::move(weights)) {
  DYNA_CHECK(!weights_.layers.empty());
  if (weights_.kind == PolicyWeights::Kind::kQTable) return;
  for (const DenseLayer& layer : weights_.layers) packed_.emplace_back(layer);
}

RowMatrix Policy::Act(const RowMatrix& obs, bool deterministic, double epsilon, Rng& rng) const {
  if (weights_.kind == PolicyWeights::Kind::kSquashedGaussian) {
    return ActGaussian(obs, deterministic, rng);
  }
  return ActDiscrete(Forward(obs), deterministic, epsilon, rng);
}

RowMatrix Policy::Forward(const RowMatrix& obs) const {
  if (weights_.kind == PolicyWeights::Kind::kQTable) {
    const RowMatrix& table = weights_.layers[0].weight;
    RowMatrix values(obs.rows(), table.rows());
    for (Eigen::Index i = 0; i < obs.rows(); ++i) {
      const auto state = static_cast<Eigen::Index>(obs(i, 0));
      DYNA_CHECK(state >= 0 && state < table.cols());
      values.row(i) = table.col(state).transpose();
    }
    return values;
  }
  DYNA_CHECK_MSG(
      obs.cols() == weights_.layers[0].weight.cols(),
      obs.cols() << " observation columns for a policy of " << weights_.layers[0].weight.cols());
  if (obs.rows() >= kBatchRows) return ForwardBatch(obs);
  RowMatrix x = obs;
  for (std::size_t i = 0; i < weights_.layers.size(); ++i) {
    const DenseLayer& layer = weights_.layers[i];
    RowMatrix y = x * layer.weight.transpose();
    y.rowwise() += layer.bias.transpose();
    if (i + 1 < weights_.layers.size()) Activate(weights_.activation, y);
    x = std::move(y);
  }
  return x;
}

RowMatrix Policy::ForwardBatch(const RowMatrix& obs) const {
  RowMatrix x = obs;
  for (std::size_t i = 0; i < packed_.size(); ++i) {
    RowMatrix y(x.rows(), packed_[i].outputs());
    packed_[i].Forward(x.rows(), x.data(), y.data());
    if (i + 1 < packed_.size()) Activate(weights_.activation, y);
    x = std::move(y);
  }
  return x;
}

RowMatrix Policy::ActGaussian(const RowMatrix& obs, bool deterministic, Rng& rng) const {
  const RowMatrix output = Forward(obs);
  const Eigen::Index columns = weights_.action_center.size();
  RowMatrix actions(obs.rows(), columns);
  for (Eigen::Index i = 0; i < obs.rows(); ++i) {
    for (Eigen::Index j = 0; j < columns; ++j) {
      float u = output(i, j);
      if (!deterministic) {
        u += StdOf(weights_, output(i, columns + j)) * static_cast<float>(rng.Normal());
      }
      actions(i, j) = weights_.action_center[j] + weights_.action_scale[j] * std::tanh(u);
    }
  }
  return actions;
}

RowMatrix Policy::ActDiscrete(const RowMatrix& values, bool deterministic, double epsilon,
                              Rng& rng) const {
  RowMatrix actions(values.rows(), 1);
  for (Eigen::Index i = 0; i < values.rows(); ++i) {
    Eigen::Index action = 0;
    if (deterministic) {
      action = ArgMax(values.row(i), nullptr);
    } else if (rng.Uniform() < epsilon) {
      action = static_cast<Eigen::Index>(rng.Below(static_cast<std::uint64_t>(values.cols())));
    } else {
      action = ArgMax(values.row(i), &rng);
    }
    actions(i, 0) = static_cast<float>(action);
  }
  return actions;
}

}  // namespace dyna::nn
