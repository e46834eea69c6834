#include "model_server/dynamics/adam.hpp"

#include <algorithm>
#include <cmath>

#include "common/core/check.hpp"

namespace dyna::dynamics {
namespace {

struct Coefficients {
  float beta1;
  float beta1_rest;  ///< 1 - beta1, rounded once
  float beta2;
  float beta2_rest;
  float step_size;   ///< lr / (1 - beta1^t)
  float root_scale;  ///< 1 / sqrt(1 - beta2^t)
  float epsilon;
  float coupled;    ///< 1: decay is part of the gradient
  float decoupled;  ///< learning rate: decay shrinks the parameter; else 0
};

// The widest vectors of the machine are chosen at load time. Lanes are independent and multiply-add
// is not fused, so every version gives the same bits.
__attribute__((target_clones("avx512f", "avx2", "default"), optimize("O3", "no-math-errno"))) void
Update(const Coefficients& c, std::int64_t size, float* __restrict param,
       const float* __restrict grad, float* __restrict m, float* __restrict v,
       const float* __restrict decay) {
  for (std::int64_t i = 0; i < size; ++i) {
    const float g = grad[i] + c.coupled * (decay[i] * param[i]);
    const float shrink = c.decoupled * (decay[i] * param[i]);
    m[i] = c.beta1 * m[i] + c.beta1_rest * g;
    v[i] = c.beta2 * v[i] + c.beta2_rest * g * g;
    param[i] -= c.step_size * m[i] / (__builtin_sqrtf(v[i]) * c.root_scale + c.epsilon) + shrink;
  }
}

}  // namespace

void AdamUpdate(const AdamOptions& options, std::int64_t step, const AdamSlice& slice) {
  const std::size_t size = slice.param.size();
  DYNA_CHECK(step >= 1 && slice.grad.size() == size && slice.m.size() == size &&
             slice.v.size() == size && slice.decay.size() == size);
  const double t = static_cast<double>(step);
  const Coefficients c{
      .beta1 = static_cast<float>(options.beta1),
      .beta1_rest = static_cast<float>(1.0 - options.beta1),
      .beta2 = static_cast<float>(options.beta2),
      .beta2_rest = static_cast<float>(1.0 - options.beta2),
      .step_size = static_cast<float>(options.learning_rate / (1.0 - std::pow(options.beta1, t))),
      .root_scale = static_cast<float>(1.0 / std::sqrt(1.0 - std::pow(options.beta2, t))),
      .epsilon = static_cast<float>(options.epsilon),
      .coupled = options.decoupled ? 0.0F : 1.0F,
      .decoupled = options.decoupled ? static_cast<float>(options.learning_rate) : 0.0F};
  Update(c, static_cast<std::int64_t>(size), slice.param.data(), slice.grad.data(), slice.m.data(),
         slice.v.data(), slice.decay.data());
}

}  // namespace dyna::dynamics
