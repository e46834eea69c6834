#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace dyna::dynamics {

/// What the last layer's outputs mean: their loss, its gradient, and the forecast they encode.
/// Pure functions of tensors; a head may have parameters shared by all members. Thread-safe.
class OutputHead {
 public:
  virtual ~OutputHead() = default;
  /// Net outputs for D targets.
  virtual std::int64_t outputs(std::int64_t targets) const = 0;
  /// Initial values of the shared parameters, [S] float32 (S may be 0).
  virtual at::Tensor InitialShared(std::int64_t targets) const = 0;
  /// Whether each member has such parameters of its own instead of sharing them. They are then
  /// EnsembleNet::own(), and what is called `shared` below is one member's.
  virtual bool per_member() const { return false; }
  /// One member's loss on a batch.
  ///   out          [B, outputs]  float32
  ///   target       [B, D]        float32, standardised if the model does so
  ///   shared       [S]           float32
  ///   weights      [B]           of the rows; undefined: all 1. Only of heads per member
  ///   grad_out     [B, outputs]  written: d loss / d out
  ///   grad_shared  [S]           written: d loss / d shared
  virtual double LossAndGradient(const at::Tensor& out, const at::Tensor& target,
                                 const at::Tensor& shared, const at::Tensor& weights,
                                 at::Tensor& grad_out, at::Tensor& grad_shared) const = 0;
  /// Adds the part of the loss that no batch enters (once, not per member) to its gradient [S].
  virtual void AddSharedGradient(at::Tensor& grad_shared) const = 0;
  /// Columns of `out` [B, outputs] that are the mean, [B, D], as a view.
  virtual at::Tensor Mean(const at::Tensor& out, std::int64_t targets) const = 0;
  /// Variance [B, D] of what the target was standardised to; zeros if not modelled. With heads
  /// per member `shared` may be [B, S], each row its own.
  virtual at::Tensor Variance(const at::Tensor& out, const at::Tensor& shared,
                              std::int64_t targets) const = 0;
};

}  // namespace dyna::dynamics
