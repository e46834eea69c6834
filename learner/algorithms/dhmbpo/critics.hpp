#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "common/core/rng.hpp"
#include "learner/algorithms/dhmbpo/parameters.hpp"

namespace dyna::learner::dhmbpo {

/// C independent value nets, batched. SiLU; the inputs of all layers but the first are layer-
/// normalised without affine parameters (eps 1e-5). Hidden weights start normal of std
/// sqrt(2 / fan_in), their biases of std 1 / (2 sqrt(fan_in)); the output layer starts at zero.
class Critics {
 public:
  struct Options {
    std::int64_t members = 5;  ///< C
    std::int64_t inputs = 1;   ///< O+A
    std::vector<std::int64_t> hidden = {256, 256, 256};
    double dropout = 1e-3;  ///< chance of a hidden pre-activation to be dropped
  };

  Critics(const Options& options, Rng& init);

  /// Net outputs [C,B] for inputs [B,I], of parameters of this layout: those of the targets, too.
  /// With `dropout`, hidden pre-activations are dropped and the others scaled up by 1 / (1 - p).
  at::Tensor Forward(const std::vector<at::Tensor>& parameters, const at::Tensor& input,
                     Rng* dropout) const;

  Parameters& online() noexcept { return online_; }
  const Parameters& online() const noexcept { return online_; }
  Parameters& targets() noexcept { return targets_; }
  const Parameters& targets() const noexcept { return targets_; }

 private:
  Options options_;
  Parameters online_;  // weight [C,in,out] and bias [C,1,out] of each layer
  Parameters targets_;
};

/// A mask of `shape` that is 0 with chance `p` and 1 / (1 - p) otherwise.
at::Tensor DropoutMask(at::IntArrayRef shape, double p, Rng& rng);

}  // namespace dyna::learner::dhmbpo
