#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "common/core/rng.hpp"
#include "common/nn/policy.hpp"

namespace dyna::testing_support {

inline RowMatrix RandomMatrix(Rng& rng, Eigen::Index rows, Eigen::Index columns, double scale) {
  RowMatrix matrix(rows, columns);
  for (Eigen::Index i = 0; i < matrix.size(); ++i) {
    matrix.data()[i] = static_cast<float>(scale * rng.Normal());
  }
  return matrix;
}

/// Layers of these sizes with weights as wide as a trained net's.
inline std::vector<nn::DenseLayer> RandomLayers(Rng& rng, const std::vector<Eigen::Index>& sizes) {
  std::vector<nn::DenseLayer> layers;
  for (std::size_t i = 0; i + 1 < sizes.size(); ++i) {
    const double scale = 1.0 / std::sqrt(static_cast<double>(sizes[i]));
    layers.push_back({.weight = RandomMatrix(rng, sizes[i + 1], sizes[i], scale),
                      .bias = RandomMatrix(rng, 1, sizes[i + 1], 0.1).row(0)});
  }
  return layers;
}

/// A policy and what it does: what an export must repeat.
struct PolicyCase {
  std::string name = {};
  nn::PolicyWeights weights = {};
  RowMatrix obs = {};     ///< [N,O]
  RowMatrix action = {};  ///< [N,A]: nn::Policy's, deterministic
};

inline PolicyCase MakeCase(std::string name, nn::PolicyWeights weights, RowMatrix obs) {
  Rng unused(0, "unused", 0);
  RowMatrix action = nn::Policy(weights).Act(obs, /*deterministic=*/true, /*epsilon=*/0.0, unused);
  return {.name = std::move(name),
          .weights = std::move(weights),
          .obs = std::move(obs),
          .action = std::move(action)};
}

/// Every kind of policy with every activation.
inline std::vector<PolicyCase> PolicyCases() {
  using Kind = nn::PolicyWeights::Kind;
  Rng rng(7, "policy_cases", 0);
  std::vector<PolicyCase> cases;
  const std::pair<nn::Activation, const char*> activations[] = {{nn::Activation::kRelu, "relu"},
                                                                {nn::Activation::kTanh, "tanh"},
                                                                {nn::Activation::kSilu, "silu"}};
  for (const auto& [activation, name] : activations) {
    nn::PolicyWeights gaussian{.kind = Kind::kSquashedGaussian, .activation = activation};
    gaussian.layers = RandomLayers(rng, {17, 64, 64, 12});
    gaussian.action_center = RandomMatrix(rng, 1, 6, 0.2).row(0);
    gaussian.action_scale = RandomMatrix(rng, 1, 6, 0.5).row(0).cwiseAbs();
    cases.push_back(
        MakeCase(std::string("gaussian_") + name, gaussian, RandomMatrix(rng, 200, 17, 1.0)));
    nn::PolicyWeights values{.kind = Kind::kQValues, .activation = activation};
    values.layers = RandomLayers(rng, {4, 32, 32, 3});
    cases.push_back(
        MakeCase(std::string("q_values_") + name, values, RandomMatrix(rng, 200, 4, 1.0)));
  }
  nn::PolicyWeights linear{.kind = Kind::kSquashedGaussian};
  linear.layers = RandomLayers(rng, {3, 2});
  linear.action_center = FloatVector::Zero(1);
  linear.action_scale = FloatVector::Constant(1, 2.0F);
  cases.push_back(MakeCase("one_layer", linear, RandomMatrix(rng, 50, 3, 2.0)));

  nn::PolicyWeights table{.kind = Kind::kQTable};
  table.layers.push_back({.weight = RandomMatrix(rng, 4, 20, 1.0), .bias = {}});
  table.layers[0].weight.col(3).setConstant(0.5F);  // a tie: the first action
  RowMatrix states(20, 1);
  for (Eigen::Index i = 0; i < 20; ++i) states(i, 0) = static_cast<float>(i);
  cases.push_back(MakeCase("q_table", table, states));
  return cases;
}

}  // namespace dyna::testing_support
