#pragma once

#include <torch/types.h>

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "common/core/rng.hpp"
#include "common/nn/aligned_floats.hpp"
#include "common/nn/policy_weights.hpp"
#include "common/nn/torch/flat_layout.hpp"

namespace dyna::nn {

/// E perceptrons of one shape with ReLU between their layers, on CPU in float32, whose parameters
/// are one flat buffer. The backward pass is written out: a training step records no graph,
/// allocates nothing and touches no tensor. Twin critics are a net of two members. I inputs, N
/// outputs.
///
/// Passes are const and single-threaded: what they write is the caller's. For T threads, give
/// each a part of the rows, a Tape and a gradient buffer of its own (RowShards).
class Mlp {
 public:
  struct Options {
    std::int64_t members = 1;  ///< E
    std::int64_t inputs = 1;   ///< I
    std::vector<std::int64_t> hidden = {256, 256};
    std::int64_t outputs = 1;  ///< N
  };

  /// What a forward pass leaves for the backward pass, reused from call to call.
  struct Tape {
    std::int64_t rows = 0;
    const float* input = nullptr;            ///< [B,I], not copied: keep it until Backward
    std::vector<AlignedFloats> output = {};  ///< per layer [E,B,out], after ReLU
    std::vector<AlignedFloats> grad = {};    ///< per hidden layer [B,out], by pre-activation
    std::vector<std::int64_t> route = {};    ///< the rows of one member
    AlignedFloats routed = {};               ///< their gradients by the inputs
  };

  explicit Mlp(const Options& options);
  Mlp(const Mlp&) = delete;  // tensors share memory when copied: two nets would be one
  Mlp& operator=(const Mlp&) = delete;

  /// Weights uniform in +-sqrt(6 / (in + out)) (Glorot and Bengio 2010), biases zero.
  void InitGlorot(Rng& rng);

  /// Outputs [E,B,N] for inputs x [B,I] shared by the members; valid until the tape is used again.
  const float* Forward(const float* x, std::int64_t rows, Tape& tape) const;
  /// Overwrites `gradients` [P] from grad_output [E,B',N], the loss by the outputs of the last
  /// Forward. B' may be less than B: only the first B' rows then count.
  void Backward(const float* grad_output, std::int64_t rows, Tape& tape, float* gradients) const;
  /// For N = 1: gradient [B,I-column], by the inputs from `column` on, of
  ///   scale * sum_b output of member[b] at row b.
  /// Every row passes through its one member only: E times less work than a full pass.
  void RoutedInputGradient(const std::int32_t* member, float scale, std::int64_t column, Tape& tape,
                           float* grad) const;

  std::int64_t outputs() const noexcept { return options_.outputs; }
  std::int64_t members() const noexcept { return options_.members; }
  const FlatLayout& layout() const noexcept { return layout_; }
  at::Tensor& parameters() noexcept { return parameters_; }
  const at::Tensor& parameters() const noexcept { return parameters_; }
  /// The layers of one member, weights transposed to [out,in] as actors read them.
  std::vector<DenseLayer> Layers(std::int64_t member) const;

 private:
  std::size_t layer_count() const noexcept { return widths_.size() - 1; }
  /// Where a layer's weights [in,out] and biases [out] of one member lie in a flat buffer.
  std::int64_t weight_offset(std::size_t layer, std::int64_t member) const;
  std::int64_t bias_offset(std::size_t layer, std::int64_t member) const;
  /// What layer `layer` of a member reads, [B,in].
  const float* input(std::size_t layer, std::int64_t member, const Tape& tape) const;
  const float* values() const { return parameters_.data_ptr<float>(); }
  void ForwardLayer(std::size_t layer, std::int64_t member, Tape& tape) const;
  void MemberBackward(const float* grad_output, std::int64_t rows, std::int64_t member, Tape& tape,
                      float* gradients) const;
  // Gradient of scale * (one member's outputs at tape.route) by the first layer's pre-activation,
  // [rows of the route, out of layer 0].
  const float* RoutedBackward(std::int64_t member, float scale, Tape& tape) const;

  Options options_;
  std::vector<std::int64_t> widths_;  // I, hidden..., N
  FlatLayout layout_;
  std::vector<std::int64_t> offsets_;  // of every layer's weights, then one past the end
  at::Tensor parameters_;              // [P]
};

}  // namespace dyna::nn
