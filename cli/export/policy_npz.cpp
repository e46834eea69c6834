#include "cli/export/npz_file.hpp"
#include "cli/export/policy_formats.hpp"

namespace dyna::cli {
namespace {

std::span<const float> Values(const RowMatrix& matrix) {
  return {matrix.data(), static_cast<std::size_t>(matrix.size())};
}
std::span<const float> Values(const FloatVector& vector) {
  return {vector.data(), static_cast<std::size_t>(vector.size())};
}

}  // namespace

const char* KindName(nn::PolicyWeights::Kind kind) {
  switch (kind) {
    case nn::PolicyWeights::Kind::kSquashedGaussian:
      return "squashed_gaussian";
    case nn::PolicyWeights::Kind::kQValues:
      return "q_values";
    case nn::PolicyWeights::Kind::kQTable:
      return "q_table";
  }
  return "";
}

const char* ActivationName(nn::Activation activation) {
  switch (activation) {
    case nn::Activation::kRelu:
      return "relu";
    case nn::Activation::kTanh:
      return "tanh";
    case nn::Activation::kSilu:
      return "silu";
  }
  return "";
}

nn::DenseLayer MeanLayer(const nn::PolicyWeights& weights) {
  const auto actions = weights.action_center.size();
  const nn::DenseLayer& last = weights.layers.back();
  return {.weight = last.weight.topRows(actions), .bias = last.bias.head(actions)};
}

std::string PolicyAsNpz(const PolicyToExport& policy) {
  const nn::PolicyWeights& weights = policy.weights;
  NpzFile npz;
  npz.AddText("kind", KindName(weights.kind));
  npz.AddText("env", policy.env);
  npz.AddText("source", policy.source);
  if (weights.kind == nn::PolicyWeights::Kind::kQTable) {
    const RowMatrix by_state = weights.layers[0].weight.transpose();
    npz.Add("q_table", Values(by_state), {by_state.rows(), by_state.cols()});
    return npz.Bytes();
  }
  npz.AddText("activation", ActivationName(weights.activation));
  for (std::size_t i = 0; i < weights.layers.size(); ++i) {
    const auto& layer = weights.layers[i];
    npz.Add("weight" + std::to_string(i), Values(layer.weight),
            {layer.weight.rows(), layer.weight.cols()});
    npz.Add("bias" + std::to_string(i), Values(layer.bias), {layer.bias.size()});
  }
  if (weights.kind == nn::PolicyWeights::Kind::kSquashedGaussian) {
    npz.Add("action_center", Values(weights.action_center), {weights.action_center.size()});
    npz.Add("action_scale", Values(weights.action_scale), {weights.action_scale.size()});
    if (weights.std_form == nn::StdForm::kSoftplus) {
      npz.AddText("std_form", "softplus");
      npz.Add("std_min", std::span(&weights.std_min, 1), {});
    } else {
      npz.Add("log_std_min", std::span(&weights.log_std_min, 1), {});
      npz.Add("log_std_max", std::span(&weights.log_std_max, 1), {});
    }
  }
  return npz.Bytes();
}

}  // namespace dyna::cli
