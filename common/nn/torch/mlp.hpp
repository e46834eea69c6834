#pragma once

#include <torch/types.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "common/core/rng.hpp"
#include "common/nn/policy_weights.hpp"
#include "common/nn/torch/flat_layout.hpp"

namespace dyna::nn {

/// E ReLU perceptrons of one shape side by side, linear outputs, with the backward pass written
/// out: no autograd graph, no allocation per call once a tape has its size, and a caller that
/// needs no weight gradients does not pay for them. Float32 or float64 (tests), CPU.
class Mlp {
 public:
  struct Options {
    std::int64_t members = 1;  ///< E
    std::int64_t inputs = 1;   ///< I
    std::vector<std::int64_t> hidden = {256, 256};
    std::int64_t outputs = 1;  ///< N
    at::ScalarType type = at::kFloat;
  };

  /// Weights [E,in,out] and biases [E,out] of every layer, in one flat buffer.
  struct Views {
    explicit Views(at::Tensor buffer) : flat(std::move(buffer)) {}
    at::Tensor flat;                                          ///< [P]
    std::vector<at::Tensor> bias = {};                        ///< per layer [E,out]
    std::vector<std::vector<at::Tensor>> member_weight = {};  ///< per layer and member [in,out]
    std::vector<std::vector<at::Tensor>> member_bias = {};    ///< per layer and member [out]
  };

  /// What a forward pass leaves for the backward pass, reused from call to call.
  struct Tape {
    std::int64_t rows = 0;
    at::Tensor input = {};                ///< [B,I], not copied: keep it until Backward
    std::vector<at::Tensor> output = {};  ///< per layer [E,B,out], after ReLU
    std::vector<at::Tensor> grad = {};    ///< per layer [E,B,out], of the loss by pre-activation
    std::vector<std::vector<at::Tensor>> member_output = {};
    std::vector<std::vector<at::Tensor>> member_grad = {};
  };

  explicit Mlp(const Options& options);
  Mlp(const Mlp&) = delete;  // tensors share memory when copied: two nets would be one
  Mlp& operator=(const Mlp&) = delete;

  /// Weights uniform in +-sqrt(6 / (in + out)) (Glorot and Bengio 2010), biases zero.
  void InitGlorot(Rng& rng);

  /// Outputs [E,B,N] for inputs x [B,I] shared by the members; valid until the tape is used again.
  const at::Tensor& Forward(const at::Tensor& x, Tape& tape) const;
  /// Fills gradients() from grad_output [E,B,N], the loss by the outputs of the last Forward.
  void Backward(const at::Tensor& grad_output, Tape& tape);
  /// Gradient [B,I-column] by the inputs from `column` on, summed over members; gradients() keep
  /// their values.
  at::Tensor InputGradient(const at::Tensor& grad_output, std::int64_t column, Tape& tape) const;

  const FlatLayout& layout() const noexcept { return layout_; }
  at::Tensor& parameters() noexcept { return parameters_.flat; }
  const at::Tensor& parameters() const noexcept { return parameters_.flat; }
  const at::Tensor& gradients() const noexcept { return gradients_.flat; }
  /// The layers of one member, weights transposed to [out,in] as actors read them.
  std::vector<DenseLayer> Layers(std::int64_t member) const;

 private:
  std::size_t layer_count() const noexcept { return widths_.size() - 1; }
  Views MakeViews() const;
  void Resize(Tape& tape, std::int64_t rows) const;
  // Gradient by the pre-activation of layer - 1 from that of layer.
  void PropagateToLower(std::size_t layer, Tape& tape) const;

  Options options_;
  std::vector<std::int64_t> widths_;  // I, hidden..., N
  FlatLayout layout_;
  Views parameters_;
  Views gradients_;
};

}  // namespace dyna::nn
