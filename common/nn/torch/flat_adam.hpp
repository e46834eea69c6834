#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>

#include "common/core/state_dict.hpp"
#include "common/nn/flat_kernels.hpp"
#include "common/nn/torch/flat_layout.hpp"

namespace dyna::nn {

/// Adam over the flat parameter buffer of one network: one pass, bias-corrected as in PyTorch.
class FlatAdam {
 public:
  FlatAdam(FlatLayout layout, const AdamOptions& options);

  /// parameters, gradients: [layout.size()] float32.
  void Step(at::Tensor& parameters, const at::Tensor& gradients);

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
