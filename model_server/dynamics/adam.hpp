#pragma once

#include <cstdint>
#include <span>

namespace dyna::dynamics {

struct AdamOptions {
  double learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  /// AdamW (Loshchilov & Hutter 2019): decay shrinks the parameter by learning_rate * decay and
  /// stays out of the gradient.
  bool decoupled = false;
};

/// One contiguous run of parameters and what belongs to each, all of one size.
struct AdamSlice {
  std::span<float> param = {};
  std::span<const float> grad = {};
  std::span<float> m = {};
  std::span<float> v = {};
  std::span<const float> decay = {};  ///< coefficients of 0.5 * param^2 in the loss, or AdamW's
};

/// One update (Kingma & Ba 2015, algorithm 1) in a single pass over memory, with the gradient of
/// the decay term added to `grad` on the fly unless it is decoupled. `step` counts from 1.
void AdamUpdate(const AdamOptions& options, std::int64_t step, const AdamSlice& slice);

}  // namespace dyna::dynamics
