#pragma once

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <string>
#include <vector>

#include "common/nn/torch/flat_adam.hpp"
#include "common/nn/torch/flat_layout.hpp"

namespace dyna::learner::dhmbpo {

/// A network's parameters: one flat buffer, and tensors that share its memory, for autograd.
class Parameters {
 public:
  /// Zeros, laid out in this order.
  explicit Parameters(nn::FlatLayout layout);
  Parameters(const Parameters&) = delete;  // tensors share memory when copied
  Parameters& operator=(const Parameters&) = delete;

  const nn::FlatLayout& layout() const noexcept { return layout_; }
  at::Tensor& flat() noexcept { return flat_; }
  const at::Tensor& flat() const noexcept { return flat_; }
  /// Leaves of the graph, for a gradient by them.
  const std::vector<at::Tensor>& leaves() const noexcept { return leaves_; }
  /// The same values as constants.
  const std::vector<at::Tensor>& constants() const noexcept { return constants_; }

  /// The gradient [P] of a scalar by all of them; a parameter that it does not depend on has zeros.
  at::Tensor GradientOf(const at::Tensor& scalar) const;
  /// One Adam step by `gradient` [P].
  void Step(nn::FlatAdam& adam, const at::Tensor& gradient, nn::FlatAdam::Follower follower = {});

  void Save(const std::string& prefix, StateDict& state) const {
    layout_.Save(prefix, flat_, state);
  }
  void Load(const std::string& prefix, const StateDict& state) {
    layout_.Load(prefix, state, flat_);
  }

 private:
  nn::FlatLayout layout_;
  at::Tensor flat_;
  std::vector<at::Tensor> leaves_ = {};
  std::vector<at::Tensor> constants_ = {};
};

}  // namespace dyna::learner::dhmbpo
