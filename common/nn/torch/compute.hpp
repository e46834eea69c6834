#pragma once

#include <cstdint>

#include "common/config/config.hpp"
#include "common/nn/torch/gemm.hpp"

namespace dyna::nn {

/// How this process computes: the `compute.*` keys.
struct ComputeOptions {
  int threads = 1;  ///< of LibTorch
  Precision precision = Precision::kFloat32;

  /// Throws ConfigError for a precision that this machine does not have.
  static ComputeOptions From(Config& config);
};

/// For the whole process: call it before the first operation.
void SetCompute(const ComputeOptions& options);

}  // namespace dyna::nn
