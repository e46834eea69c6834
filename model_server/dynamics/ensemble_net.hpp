#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

#include "common/core/rng.hpp"
#include "common/nn/policy_weights.hpp"

namespace dyna::dynamics {

/// E independent perceptrons of one shape, batched: layer l is [E, in, out] weights and [E, out]
/// biases, all of them views of one buffer [E, P] whose row e is member e. So a member's weights,
/// gradient and moments are contiguous: one pass of Adam, one copy to snapshot.
///
/// The gradient is written by hand, member by member: a member's activations stay in cache, and
/// members are the unit of parallel work. Tests hold it against autograd.
class EnsembleNet {
 public:
  /// What the backward pass needs from the forward one, reused between batches.
  struct Scratch {
    std::vector<at::Tensor> slope = {};  ///< [l] of the activation [B, out], hidden layers
    std::vector<at::Tensor> after = {};  ///< [l] activations [B, out]; the last is the output
    std::vector<at::Tensor> grad = {};   ///< [l] d loss / d pre-activation [B, out]
    std::int64_t rows = 0;
  };

  /// `sizes`: inputs, hidden ..., outputs. All parameters zero.
  EnsembleNet(std::int64_t members, std::vector<std::int64_t> sizes, nn::Activation activation);

  /// Weights from a normal of std 1 / (2 sqrt(fan_in)) truncated at two of them, biases 0
  /// (MBPO, official code).
  void Init(Rng& rng);

  /// Output [B, outputs] of one member for x [B, inputs]. Draws no scratch; any B.
  at::Tensor Forward(std::int64_t member, const at::Tensor& x) const;
  /// The same, keeping what Backward needs. The result is a view of `scratch`.
  at::Tensor Forward(std::int64_t member, const at::Tensor& x, Scratch& scratch) const;
  /// Gradient [P] of one member's parameters, written to `grad_params`, given the gradient of the
  /// loss with respect to the output of the last Forward with this scratch, [B, outputs].
  void Backward(std::int64_t member, const at::Tensor& x, const at::Tensor& grad_output,
                Scratch& scratch, at::Tensor& grad_params) const;

  std::int64_t members() const noexcept { return params_.size(0); }
  std::int64_t layers() const noexcept { return static_cast<std::int64_t>(views_.size()); }
  std::int64_t outputs() const noexcept { return sizes_.back(); }
  /// [E, P] float32: the parameters themselves.
  at::Tensor& params() noexcept { return params_; }
  const at::Tensor& params() const noexcept { return params_; }
  /// Layer l of member e as views: [in, out] and [out].
  at::Tensor weight(std::int64_t layer, std::int64_t member) const;
  at::Tensor bias(std::int64_t layer, std::int64_t member) const;
  /// [P]: `per_layer[l]` at the weights of layer l, 0 at biases.
  std::vector<float> DecayVector(std::span<const double> per_layer) const;

 private:
  struct Place {
    std::int64_t weight = 0;  ///< offset in a row of params_
    std::int64_t bias = 0;
  };

  const float* values(std::int64_t member) const {
    return params_.data_ptr<float>() + member * params_.size(1);
  }
  // y [B,out] = x [B,in] times the weights of a layer; returns y.
  float* Product(std::int64_t member, std::size_t layer, const float* x, std::int64_t rows,
                 float* y) const;
  void Resize(Scratch& scratch, std::int64_t rows) const;

  std::vector<std::int64_t> sizes_;
  nn::Activation activation_;
  std::vector<Place> places_ = {};
  at::Tensor params_ = {};
  std::vector<std::vector<std::pair<at::Tensor, at::Tensor>>> views_ = {};  ///< [l][e]
};

}  // namespace dyna::dynamics
