#pragma once

#include <string>

#include "common/nn/policy_weights.hpp"

namespace dyna::cli {

/// A policy and where it came from, which the file repeats.
struct PolicyToExport {
  nn::PolicyWeights weights = {};
  std::string env = {};     ///< empty if not known
  std::string source = {};  ///< "step 4000 of runs/x", for people
};

/// "squashed_gaussian", "q_values", "q_table".
const char* KindName(nn::PolicyWeights::Kind kind);
/// "relu", "tanh", "silu".
const char* ActivationName(nn::Activation activation);
/// The last layer of a squashed Gaussian less its log_std: all that the deterministic action needs.
nn::DenseLayer MeanLayer(const nn::PolicyWeights& weights);

/// The file's bytes in each format; its names and shapes are in docs/tools.md.
std::string PolicyAsNpz(const PolicyToExport& policy);
std::string PolicyAsOnnx(const PolicyToExport& policy);
std::string PolicyAsTorchScript(const PolicyToExport& policy);

}  // namespace dyna::cli
