#pragma once

#include <cstdint>
#include <vector>

#include "common/nn/policy_weights.hpp"

namespace dyna::nn {

/// A dense layer whose weights lie in the order in which batches are multiplied by them.
class PackedLayer {
 public:
  explicit PackedLayer(const DenseLayer& layer);

  /// y [rows,out] = x [rows,in] W^T + b, both row-major and dense. A row's result does not depend
  /// on the rows around it: every sum runs over the inputs in order, whatever the machine.
  void Forward(std::int64_t rows, const float* x, float* y) const;

  std::int64_t inputs() const noexcept { return inputs_; }
  std::int64_t outputs() const noexcept { return outputs_; }

 private:
  std::int64_t inputs_ = 0;
  std::int64_t outputs_ = 0;
  /// Panels of 16 outputs, [panels, in, 16]; the last one is filled up with zeros.
  std::vector<float> panels_ = {};
  std::vector<float> bias_ = {};  ///< [panels, 16]
};

}  // namespace dyna::nn
