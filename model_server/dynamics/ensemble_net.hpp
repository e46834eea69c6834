#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

#include "common/core/rng.hpp"
#include "common/nn/policy_weights.hpp"

namespace dyna::dynamics {

/// What a net of an ensemble may have besides its layers.
struct NetExtras {
  /// Of the LayerNorm on the input of layers 1, 2, ...; 0: that layer has none. Empty: none has.
  std::vector<double> norm_epsilon = {};
  /// Share of each hidden layer's pre-activations that a training pass drops. Empty: none.
  std::vector<double> dropout = {};
  /// Parameters that a member has of its own, besides those of its layers.
  std::int64_t own = 0;
};

/// Rows [begin, begin + count) of a batch.
struct RowRange {
  std::int64_t begin = 0;
  std::int64_t count = 0;
};

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
    std::vector<at::Tensor> after = {};  ///< [l] what layer l+1 reads [B, out]; the last: output
    std::vector<at::Tensor> grad = {};   ///< [l] d loss / d pre-activation [B, out]
    std::vector<at::Tensor> inverse_std = {};  ///< [l] of the LayerNorm after layer l [B]
    std::int64_t rows = 0;
    std::vector<std::int64_t> dropped = {};
  };

  /// `sizes`: inputs, hidden ..., outputs. All parameters zero.
  EnsembleNet(std::int64_t members, std::vector<std::int64_t> sizes, nn::Activation activation,
              NetExtras extras = {});

  /// Weights from a normal of std 1 / (2 sqrt(fan_in)) truncated at two of them, biases 0
  /// (MBPO, official code).
  void Init(Rng& rng);
  /// Weights from a normal of std sqrt(2 / fan_in) (He et al. 2015), biases from one of std
  /// 1 / (2 sqrt(fan_in)).
  void InitHe(Rng& rng);

  /// Output [B, outputs] of one member for x [B, inputs]. Draws no scratch; any B.
  at::Tensor Forward(std::int64_t member, const at::Tensor& x) const;
  /// The same, keeping what Backward needs; with a stream for dropout, a training pass. The result
  /// is a view of `scratch`.
  at::Tensor Forward(std::int64_t member, const at::Tensor& x, Scratch& scratch,
                     Rng* dropout = nullptr) const;
  /// Gradient of one member's layers, written to their part of `grad_params` [P], given the
  /// gradient of the loss with respect to the output of the last Forward with this scratch,
  /// [B, outputs].
  void Backward(std::int64_t member, const at::Tensor& x, const at::Tensor& grad_output,
                Scratch& scratch, at::Tensor& grad_params) const;

  /// For a batch whose rows belong to several members. Room for B rows; then each range once:
  void Resize(Scratch& scratch, std::int64_t rows) const;
  /// reads rows of x [B, inputs] and writes the same rows of scratch.after;
  void ForwardRange(std::int64_t member, RowRange range, const at::Tensor& x,
                    Scratch& scratch) const;
  /// reads rows of grad_output [B, outputs] and writes the same rows of grad_x [B, inputs].
  void InputGradient(std::int64_t member, RowRange range, const at::Tensor& grad_output,
                     Scratch& scratch, at::Tensor& grad_x) const;

  std::int64_t members() const noexcept { return params_.size(0); }
  std::int64_t layers() const noexcept { return static_cast<std::int64_t>(views_.size()); }
  std::int64_t outputs() const noexcept { return sizes_.back(); }
  /// [E, P] float32: the parameters themselves.
  at::Tensor& params() noexcept { return params_; }
  const at::Tensor& params() const noexcept { return params_; }
  /// Layer l of member e as views: [in, out] and [out].
  at::Tensor weight(std::int64_t layer, std::int64_t member) const;
  at::Tensor bias(std::int64_t layer, std::int64_t member) const;
  /// What members have of their own, [E, extras.own], as a view.
  at::Tensor own() const { return OwnColumns(params_); }
  /// The same columns of anything shaped like parameters, [..., P].
  at::Tensor OwnColumns(const at::Tensor& params) const;
  /// [P]: `per_layer[l]` at the weights of layer l, and at its biases if asked for; `own` at what
  /// is no layer's; 0 elsewhere.
  struct Decay {
    std::span<const double> per_layer = {};
    bool biases = false;
    double own = 0.0;
  };
  std::vector<float> DecayVector(const Decay& decay) const;

 private:
  struct Place {
    std::int64_t weight = 0;  ///< offset in a row of params_
    std::int64_t bias = 0;
  };
  /// What one backward pass reads and writes; nulls are left out.
  struct BackwardData {
    const float* x = nullptr;
    const float* grad_output = nullptr;
    float* grad_params = nullptr;
    float* grad_x = nullptr;
  };

  const float* values(std::int64_t member) const {
    return params_.data_ptr<float>() + member * params_.size(1);
  }
  // y [B,out] = x [B,in] times the weights of a layer; returns y.
  float* Product(std::int64_t member, std::size_t layer, const float* x, std::int64_t rows,
                 float* y) const;
  /// Of the LayerNorm between layer l and l+1; 0: none.
  float norm_epsilon(std::size_t layer) const;
  double dropout(std::size_t layer) const {
    return extras_.dropout.empty() ? 0.0 : extras_.dropout[layer];
  }
  void ForwardRows(std::int64_t member, RowRange range, const float* x, Scratch& scratch,
                   Rng* dropout) const;
  void HiddenLayer(std::int64_t member, std::size_t layer, RowRange range, Scratch& scratch,
                   Rng* dropout) const;
  void BackwardRows(std::int64_t member, RowRange range, const BackwardData& data,
                    Scratch& scratch) const;

  std::vector<std::int64_t> sizes_;
  nn::Activation activation_;
  NetExtras extras_;
  std::vector<Place> places_ = {};
  at::Tensor params_ = {};
  std::vector<std::vector<std::pair<at::Tensor, at::Tensor>>> views_ = {};  ///< [l][e]
};

}  // namespace dyna::dynamics
