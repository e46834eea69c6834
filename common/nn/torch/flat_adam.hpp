#pragma once

#include <torch/types.h>

#include <cstdint>
#include <span>
#include <string>

#include "common/core/state_dict.hpp"
#include "common/nn/flat_kernels.hpp"
#include "common/nn/torch/flat_layout.hpp"

namespace dyna::nn {

/// Adam over the flat parameter buffer of one network: one pass, bias-corrected as in PyTorch,
/// spread over LibTorch's threads. How many there are does not change a bit.
class FlatAdam {
 public:
  /// A slow copy of the parameters, drawn after them while they are in cache (LerpInto).
  struct Follower {
    std::span<float> values = {};
    double weight = 0.0;
  };

  FlatAdam(FlatLayout layout, const AdamOptions& options);

  /// The gradient is the sum of `parts`, each [layout.size()]: one for each part of the batch.
  void Step(std::span<float> parameters, std::span<const float* const> parts, Follower follower);
  void Step(std::span<float> parameters, std::span<const float* const> parts) {
    Step(parameters, parts, {});
  }

  /// Entries prefix + "m/" and "v/" per tensor, and prefix + "steps".
  void Save(const std::string& prefix, StateDict& state) const;
  void Load(const std::string& prefix, const StateDict& state);

  std::int64_t steps() const noexcept { return steps_; }

 private:
  FlatLayout layout_;
  AdamOptions options_;
  at::Tensor first_moment_;   // [layout.size()]
  at::Tensor second_moment_;  // [layout.size()]
  std::int64_t steps_ = 0;
};

}  // namespace dyna::nn
