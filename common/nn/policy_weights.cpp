#include "common/nn/policy_weights.hpp"

#include <string>

#include "common/core/error.hpp"

namespace dyna::nn {
namespace {

RowMatrix GetMatrix(const StateDict& arrays, const std::string& name) {
  const auto& raw = arrays.Raw(name);
  if (raw.shape.size() != 2 || raw.shape[0] < 0 || raw.shape[1] < 0) {
    throw CheckpointError("entry '" + name + "' is not a matrix");
  }
  RowMatrix matrix(raw.shape[0], raw.shape[1]);
  arrays.GetInto(name, std::span<float>(matrix.data(), static_cast<std::size_t>(matrix.size())));
  return matrix;
}

FloatVector GetVector(const StateDict& arrays, const std::string& name) {
  const auto values = arrays.Get<float>(name);
  return Eigen::Map<const FloatVector>(values.data(), static_cast<Eigen::Index>(values.size()));
}

void PutMatrix(StateDict& arrays, const std::string& name, const RowMatrix& matrix) {
  arrays.Put(name, std::span<const float>(matrix.data(), static_cast<std::size_t>(matrix.size())),
             {matrix.rows(), matrix.cols()});
}

void PutVector(StateDict& arrays, const std::string& name, const FloatVector& vector) {
  arrays.Put(name, std::span<const float>(vector.data(), static_cast<std::size_t>(vector.size())));
}

void CheckShapes(const PolicyWeights& weights) {
  if (weights.layers.empty()) throw CheckpointError("policy weights have no layer");
  for (std::size_t i = 0; i < weights.layers.size(); ++i) {
    const auto& layer = weights.layers[i];
    const std::string name = "layer " + std::to_string(i);
    if (weights.kind != PolicyWeights::Kind::kQTable && layer.bias.size() != layer.weight.rows()) {
      throw CheckpointError("policy weights: bias of " + name + " does not fit its matrix");
    }
    if (i > 0 && layer.weight.cols() != weights.layers[i - 1].weight.rows()) {
      throw CheckpointError("policy weights: " + name + " does not fit the one before");
    }
  }
  const bool gaussian = weights.kind == PolicyWeights::Kind::kSquashedGaussian;
  // Written so that a NaN fails: clamping to no range is undefined.
  if (gaussian && !(weights.log_std_min <= weights.log_std_max)) {
    throw CheckpointError("policy weights: log_std_min is not below log_std_max");
  }
  if (gaussian && !(weights.std_min >= 0.0F)) {
    throw CheckpointError("policy weights: std_min is not a number >= 0");
  }
  const auto outputs = weights.layers.back().weight.rows();
  if (gaussian && (weights.action_center.size() * 2 != outputs ||
                   weights.action_scale.size() != weights.action_center.size())) {
    throw CheckpointError("policy weights: action bounds do not fit the last layer");
  }
}

}  // namespace

StateDict PolicyWeights::ToStateDict() const {
  StateDict arrays;
  arrays.PutScalar<std::int64_t>("kind", static_cast<std::int64_t>(kind));
  arrays.PutScalar<std::int64_t>("activation", static_cast<std::int64_t>(activation));
  arrays.PutScalar<std::int64_t>("layers", static_cast<std::int64_t>(layers.size()));
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const std::string prefix = "layer" + std::to_string(i) + "/";
    PutMatrix(arrays, prefix + "weight", layers[i].weight);
    PutVector(arrays, prefix + "bias", layers[i].bias);
  }
  PutVector(arrays, "action_center", action_center);
  PutVector(arrays, "action_scale", action_scale);
  arrays.PutScalar("log_std_min", log_std_min);
  arrays.PutScalar("log_std_max", log_std_max);
  if (std_form != StdForm::kExp) {  // absent in all that was written before there was a choice
    arrays.PutScalar<std::int64_t>("std_form", static_cast<std::int64_t>(std_form));
    arrays.PutScalar("std_min", std_min);
  }
  return arrays;
}

PolicyWeights PolicyWeights::FromStateDict(const StateDict& arrays) {
  PolicyWeights weights;
  const auto kind = arrays.GetScalar<std::int64_t>("kind");
  const auto activation = arrays.GetScalar<std::int64_t>("activation");
  const auto layers = arrays.GetScalar<std::int64_t>("layers");
  if (kind < 0 || kind > 2 || activation < 0 || activation > 2 || layers < 1 || layers > 64) {
    throw CheckpointError("policy weights: kind " + std::to_string(kind) + ", activation " +
                          std::to_string(activation) + ", layers " + std::to_string(layers) +
                          " are not 0..2, 0..2 and 1..64");
  }
  weights.kind = static_cast<Kind>(kind);
  weights.activation = static_cast<Activation>(activation);
  for (std::int64_t i = 0; i < layers; ++i) {
    const std::string prefix = "layer" + std::to_string(i) + "/";
    weights.layers.push_back(
        {GetMatrix(arrays, prefix + "weight"), GetVector(arrays, prefix + "bias")});
  }
  weights.action_center = GetVector(arrays, "action_center");
  weights.action_scale = GetVector(arrays, "action_scale");
  weights.log_std_min = arrays.GetScalar<float>("log_std_min");
  weights.log_std_max = arrays.GetScalar<float>("log_std_max");
  if (arrays.Has("std_form")) {
    const auto form = arrays.GetScalar<std::int64_t>("std_form");
    if (form < 0 || form > 1) {
      throw CheckpointError("policy weights: std_form " + std::to_string(form) + " is not 0..1");
    }
    weights.std_form = static_cast<StdForm>(form);
    weights.std_min = arrays.GetScalar<float>("std_min");
  }
  CheckShapes(weights);
  return weights;
}

void PolicyWeights::RequireFits(const EnvSpec& spec) const {
  const auto inputs = layers.front().weight.cols();
  const auto outputs = layers.back().weight.rows();
  const bool gaussian = kind == Kind::kSquashedGaussian;
  const bool table = kind == Kind::kQTable;
  const auto actions = gaussian ? action_center.size() : outputs;
  if (spec.observation.discrete() != table || spec.action.discrete() == gaussian ||
      inputs != spec.observation.features() || actions != spec.action.features()) {
    throw CheckpointError("policy weights: " + std::to_string(inputs) + " inputs and " +
                          std::to_string(actions) + (gaussian ? " actions" : " action values") +
                          " do not fit " + spec.name);
  }
}

}  // namespace dyna::nn
