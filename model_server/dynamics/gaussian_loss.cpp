#include "model_server/dynamics/gaussian_loss.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "common/nn/vector_clones.hpp"
#include "common/nn/vector_math.hpp"

namespace dyna::dynamics {
namespace {

struct SoftStep {
  float softplus, sigmoid;
};

/// log(1 + e^x) and its derivative, from one exponential of -|x|.
[[gnu::always_inline]] inline SoftStep Soft(float x) {
  const float t = nn::VectorExp(x < 0.0F ? x : -x);
  const float tail = 1.0F / (1.0F + t);
  return {(x < 0.0F ? 0.0F : x) + nn::VectorLog1pUnit(t), x < 0.0F ? t * tail : tail};
}

}  // namespace

DYNA_VECTOR_CLONES
double GaussianLossAndGradient(const GaussianLossArrays& a) {
  const std::int64_t d = a.targets;
  const float scale = 1.0F / static_cast<float>(a.rows * d);
  const float* __restrict high = a.high;
  const float* __restrict low = a.low;
  float* __restrict grad_high = a.grad_high;
  float* __restrict grad_low = a.grad_low;
  std::fill_n(grad_high, d, 0.0F);
  std::fill_n(grad_low, d, 0.0F);
  // A sum per column: one over all entries would be a chain that no vector can shorten.
  thread_local std::vector<float> sums;
  sums.assign(static_cast<std::size_t>(d), 0.0F);
  float* __restrict losses = sums.data();
  for (std::int64_t b = 0; b < a.rows; ++b) {
    const float* __restrict mean = a.out + b * a.out_stride;
    const float* __restrict raw = mean + d;
    const float* __restrict target = a.target + b * d;
    float* __restrict grad_mean = a.grad_out + b * a.grad_stride;
    float* __restrict grad_raw = grad_mean + d;
    for (std::int64_t j = 0; j < d; ++j) {
      const SoftStep upper = Soft(high[j] - raw[j]);
      const float u = high[j] - upper.softplus;
      const SoftStep lower = Soft(u - low[j]);
      const float log_var = low[j] + lower.softplus;
      const float precision = nn::VectorExp(-log_var);
      const float error = mean[j] - target[j];
      const float weighted = error * error * precision;
      grad_mean[j] = 2.0F * scale * error * precision;
      const float grad_log_var = scale * (1.0F - weighted);
      const float grad_u = grad_log_var * lower.sigmoid;
      grad_raw[j] = grad_u * upper.sigmoid;
      losses[j] += weighted + log_var;
      grad_high[j] += grad_u * (1.0F - upper.sigmoid);
      grad_low[j] += grad_log_var * (1.0F - lower.sigmoid);
    }
  }
  return std::accumulate(sums.begin(), sums.end(), 0.0) / static_cast<double>(a.rows * d);
}

}  // namespace dyna::dynamics
