#include <torch/script.h>
#include <torch/torch.h>

#include <sstream>

#include "cli/export/policy_formats.hpp"

namespace dyna::cli {
namespace {

torch::Tensor ToTensor(const RowMatrix& matrix) {
  return torch::from_blob(const_cast<float*>(matrix.data()), {matrix.rows(), matrix.cols()})
      .clone();
}

torch::Tensor ToTensor(const FloatVector& vector) {
  return torch::from_blob(const_cast<float*>(vector.data()), {vector.size()}).clone();
}

/// "    name = linear(...)" and activation for every layer; the result is in x.
std::string NetworkSource(const nn::PolicyWeights& weights) {
  std::string source = "    x = obs\n";
  for (std::size_t i = 0; i < weights.layers.size(); ++i) {
    const std::string number = std::to_string(i);
    const std::string linear =
        "torch.linear(x, self.weight" + number + ", self.bias" + number + ")";
    const bool last = i + 1 == weights.layers.size();
    source +=
        "    x = " +
        (last ? linear
              : "torch." + std::string(ActivationName(weights.activation)) + "(" + linear + ")") +
        "\n";
  }
  return source;
}

}  // namespace

std::string PolicyAsTorchScript(const PolicyToExport& policy) {
  using Kind = nn::PolicyWeights::Kind;
  const nn::PolicyWeights& weights = policy.weights;
  torch::jit::Module module("Policy");
  const auto put = [&module](const std::string& name, torch::Tensor tensor) {
    module.register_buffer(name, std::move(tensor));
  };
  if (weights.kind == Kind::kQTable) {
    put("q_table", ToTensor(RowMatrix(weights.layers[0].weight.transpose())));
    module.define("def q_values(self, obs):\n    return self.q_table[obs]\n");
  } else {
    for (std::size_t i = 0; i < weights.layers.size(); ++i) {
      const bool mean = weights.kind == Kind::kSquashedGaussian && i + 1 == weights.layers.size();
      const nn::DenseLayer layer = mean ? MeanLayer(weights) : weights.layers[i];
      put("weight" + std::to_string(i), ToTensor(layer.weight));
      put("bias" + std::to_string(i), ToTensor(layer.bias));
    }
  }
  if (weights.kind == Kind::kSquashedGaussian) {
    put("action_scale", ToTensor(weights.action_scale));
    put("action_center", ToTensor(weights.action_center));
    module.define("def forward(self, obs):\n" + NetworkSource(weights) +
                  "    return self.action_center + self.action_scale * torch.tanh(x)\n");
  } else {
    if (weights.kind == Kind::kQValues) {
      module.define("def q_values(self, obs):\n" + NetworkSource(weights) + "    return x\n");
    }
    module.define("def forward(self, obs):\n    return torch.argmax(self.q_values(obs), 1)\n");
  }
  module.eval();
  std::ostringstream out;
  module.save(out, {{"env.txt", policy.env}, {"source.txt", policy.source}});
  return out.str();
}

}  // namespace dyna::cli
