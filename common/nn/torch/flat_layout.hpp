#pragma once

#include <torch/types.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "common/core/state_dict.hpp"

namespace dyna::nn {

/// Where named tensors lie, one after another, in a flat buffer. One layout serves a network's
/// parameters, gradients, moments and target copy, so an optimiser sees four plain arrays.
class FlatLayout {
 public:
  /// Appends a tensor and returns its position in the list.
  std::size_t Add(std::string name, std::vector<std::int64_t> shape);

  std::int64_t size() const noexcept { return size_; }
  std::size_t entries() const noexcept { return entries_.size(); }

  /// A new buffer [size()] of zeros.
  at::Tensor Zeros(at::ScalarType type = at::kFloat) const;
  /// The part of `flat` [size()] that holds `entry`, in its shape; shares memory.
  at::Tensor View(const at::Tensor& flat, std::size_t entry) const;

  /// One float32 entry per tensor, named prefix + name.
  void Save(const std::string& prefix, const at::Tensor& flat, StateDict& state) const;
  /// Copies into `flat`; CheckpointError when an entry is missing or has another shape.
  void Load(const std::string& prefix, const StateDict& state, at::Tensor& flat) const;

 private:
  struct Entry {
    std::string name;
    std::vector<std::int64_t> shape;
    std::int64_t offset;
    std::int64_t size;
  };

  std::vector<Entry> entries_;
  std::int64_t size_ = 0;
};

/// The elements of a contiguous float32 CPU tensor.
std::span<float> FloatSpan(const at::Tensor& tensor);

}  // namespace dyna::nn
