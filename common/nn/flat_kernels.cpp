#include "common/nn/flat_kernels.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "common/core/check.hpp"

namespace dyna::nn {
namespace {

struct AdamFactors {
  float keep1, take1, keep2, take2, step_size, epsilon;
};

// Each loop is compiled twice, for the baseline and for AVX2, and picked at run time: packages
// are built for any x86-64. [[gnu::always_inline]] lets the body take its caller's target.
[[gnu::always_inline]] inline void AdamLoop(std::size_t size, float* __restrict p,
                                            const float* __restrict g, float* __restrict m,
                                            float* __restrict v, AdamFactors f) {
  for (std::size_t i = 0; i < size; ++i) {
    const float first = f.keep1 * m[i] + f.take1 * g[i];
    const float second = f.keep2 * v[i] + f.take2 * (g[i] * g[i]);
    m[i] = first;
    v[i] = second;
    p[i] -= f.step_size * first / (std::sqrt(second) + f.epsilon);
  }
}

[[gnu::always_inline]] inline void LerpLoop(std::size_t size, float* __restrict target,
                                            const float* __restrict source, float weight) {
  for (std::size_t i = 0; i < size; ++i) target[i] += weight * (source[i] - target[i]);
}

void AdamBaseline(std::size_t size, float* p, const float* g, float* m, float* v, AdamFactors f) {
  AdamLoop(size, p, g, m, v, f);
}
void LerpBaseline(std::size_t size, float* target, const float* source, float weight) {
  LerpLoop(size, target, source, weight);
}

#ifdef __x86_64__
[[gnu::target("avx2")]] void AdamAvx2(std::size_t size, float* p, const float* g, float* m,
                                      float* v, AdamFactors f) {
  AdamLoop(size, p, g, m, v, f);
}
[[gnu::target("avx2")]] void LerpAvx2(std::size_t size, float* target, const float* source,
                                      float weight) {
  LerpLoop(size, target, source, weight);
}
bool HasAvx2() { return __builtin_cpu_supports("avx2") != 0; }
#else
constexpr auto AdamAvx2 = AdamBaseline;
constexpr auto LerpAvx2 = LerpBaseline;
bool HasAvx2() { return false; }
#endif

}  // namespace

void AdamStep(const AdamBuffers& buffers, const AdamOptions& options, std::int64_t step) {
  const std::size_t size = buffers.parameters.size();
  DYNA_CHECK(step > 0 && buffers.gradients.size() == size);
  DYNA_CHECK(buffers.first_moment.size() == size && buffers.second_moment.size() == size);
  const auto t = static_cast<double>(step);
  const double correction1 = 1.0 - std::pow(options.beta1, t);
  const double correction2 = 1.0 - std::pow(options.beta2, t);
  // The fraction of the formula, multiplied by sqrt(1 - b2^t) above and below: one division less.
  const double root_correction2 = std::sqrt(correction2);
  const AdamFactors factors = {
      .keep1 = static_cast<float>(options.beta1),
      .take1 = static_cast<float>(1.0 - options.beta1),
      .keep2 = static_cast<float>(options.beta2),
      .take2 = static_cast<float>(1.0 - options.beta2),
      .step_size = static_cast<float>(options.learning_rate / correction1 * root_correction2),
      .epsilon = static_cast<float>(options.epsilon * root_correction2),
  };
  static const auto kLoop = HasAvx2() ? AdamAvx2 : AdamBaseline;
  kLoop(size, buffers.parameters.data(), buffers.gradients.data(), buffers.first_moment.data(),
        buffers.second_moment.data(), factors);
}

void LerpInto(std::span<float> target, std::span<const float> source, double weight) {
  DYNA_CHECK(target.size() == source.size());
  if (weight == 1.0) {
    std::copy(source.begin(), source.end(), target.begin());
    return;
  }
  static const auto kLoop = HasAvx2() ? LerpAvx2 : LerpBaseline;
  kLoop(target.size(), target.data(), source.data(), static_cast<float>(weight));
}

}  // namespace dyna::nn
