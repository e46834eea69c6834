#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "common/nn/policy_weights.hpp"
#include "common/nn/torch/generator.hpp"

namespace dyna::nn {

/// Acts from policy weights for many observations at once: the torch twin of Policy, with the
/// same deterministic actions and the same distribution of sampled ones. Single-threaded;
/// LibTorch's threads share the rows of a call.
class BatchPolicy {
 public:
  explicit BatchPolicy(const PolicyWeights& weights);

  /// Actions [B,A] float32 in environment units (an index column if discrete) for raw
  /// observations [B,O] float32. `epsilon` is the chance of a uniform action of a Q network;
  /// a squashed Gaussian ignores it. Deterministic draws nothing.
  at::Tensor Act(const at::Tensor& obs, bool deterministic, double epsilon,
                 const TorchGenerator& generator) const;

  PolicyWeights::Kind kind() const noexcept { return kind_; }

 private:
  struct Layer {
    at::Tensor weight = {};  ///< [in, out]
    at::Tensor bias = {};    ///< [out]
  };

  at::Tensor Forward(const at::Tensor& obs) const;
  // obs [rows,O] through all layers to output [rows,N].
  void ForwardBlock(const float* obs, std::int64_t rows, float* output) const;
  at::Tensor ActGaussian(const at::Tensor& output, bool deterministic,
                         const TorchGenerator& generator) const;
  // Standard deviation of a squashed Gaussian from the net's outputs for it.
  at::Tensor StdOf(const at::Tensor& output) const;
  at::Tensor ActDiscrete(const at::Tensor& values, bool deterministic, double epsilon,
                         const TorchGenerator& generator) const;

  PolicyWeights::Kind kind_;
  Activation activation_;
  std::vector<Layer> layers_ = {};
  at::Tensor action_center_ = {};  ///< [A]
  at::Tensor action_scale_ = {};   ///< [A]
  StdForm std_form_;
  double log_std_min_;
  double log_std_max_;
  double std_min_;
};

}  // namespace dyna::nn
