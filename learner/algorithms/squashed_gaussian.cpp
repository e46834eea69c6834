#include "learner/algorithms/squashed_gaussian.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "common/core/check.hpp"
#include "common/nn/vector_clones.hpp"
#include "common/nn/vector_math.hpp"

namespace dyna::learner {
namespace {

constexpr auto kMin = static_cast<float>(kLogStdMin), kMax = static_cast<float>(kLogStdMax);
constexpr auto kLog4 = static_cast<float>(2.0 * std::numbers::ln2);

struct DrawArrays {
  const float* mean;
  const float* log_std;
  float* scaled_noise;  // noise on entry
  float* action;
  float* density;
};

DYNA_VECTOR_CLONES
void DrawEach(std::int64_t size, const DrawArrays& arrays, float constant) {
  const float* __restrict mean = arrays.mean;
  const float* __restrict raw_log_std = arrays.log_std;
  float* __restrict scaled_noise = arrays.scaled_noise;
  float* __restrict action = arrays.action;
  float* __restrict density = arrays.density;
  for (std::int64_t i = 0; i < size; ++i) {
    float log_std = raw_log_std[i] < kMin ? kMin : raw_log_std[i];
    log_std = log_std > kMax ? kMax : log_std;
    const float noise = scaled_noise[i];
    scaled_noise[i] = nn::VectorExp(log_std) * noise;
    const float u = mean[i] + scaled_noise[i];
    const float size_of_u = u < 0.0F ? -u : u;
    const float t = nn::VectorExp(-2.0F * size_of_u);
    const float tanh_of_size = (1.0F - t) / (1.0F + t);
    action[i] = u < 0.0F ? -tanh_of_size : tanh_of_size;
    density[i] = (-0.5F * noise * noise - log_std) - constant + 2.0F * size_of_u +
                 2.0F * nn::VectorLog1pUnit(t);
  }
}

struct GradientArrays {
  const float* action;
  const float* scaled_noise;
  const float* log_std;
  const float* grad_action;
  float* grad_mean;
  float* grad_log_std;
};

DYNA_VECTOR_CLONES
void GradientEach(std::int64_t size, const GradientArrays& arrays, float grad_log_prob) {
  const float* __restrict action = arrays.action;
  const float* __restrict scaled_noise = arrays.scaled_noise;
  const float* __restrict log_std = arrays.log_std;
  const float* __restrict grad_action = arrays.grad_action;
  float* __restrict grad_mean = arrays.grad_mean;
  float* __restrict grad_log_std = arrays.grad_log_std;
  for (std::int64_t i = 0; i < size; ++i) {
    const float a = action[i];
    const float grad_u = grad_action[i] * (1.0F - a * a) + grad_log_prob * (2.0F * a);
    grad_mean[i] = grad_u;
    float grad = grad_u * scaled_noise[i] - grad_log_prob;
    grad = log_std[i] < kMin ? 0.0F : grad;
    grad_log_std[i] = log_std[i] > kMax ? 0.0F : grad;
  }
}

}  // namespace

void SquashedGaussian::Draw(std::int64_t rows, std::int64_t columns, const float* output,
                            const float* noise) {
  DYNA_CHECK(rows > 0 && columns > 0);
  columns_ = columns;
  const std::int64_t size = rows * columns;
  float* mean = mean_.Reserve(size);
  float* log_std = log_std_.Reserve(size);
  // Apart, they are long arrays; together, vectors would be cut at every A.
  for (std::int64_t b = 0; b < rows; ++b) {
    std::copy_n(output + b * 2 * columns, columns, mean + b * columns);
    std::copy_n(output + (b * 2 + 1) * columns, columns, log_std + b * columns);
  }
  float* scaled_noise = scaled_noise_.Reserve(size);
  std::copy_n(noise, size, scaled_noise);
  float* density = density_.Reserve(size);
  DrawEach(size,
           {.mean = mean,
            .log_std = log_std,
            .scaled_noise = scaled_noise,
            .action = action_.Reserve(size),
            .density = density},
           static_cast<float>(0.5 * std::log(2.0 * std::numbers::pi)) + kLog4);
  float* log_prob = log_prob_.Reserve(rows);
  for (std::int64_t b = 0; b < rows; ++b) {
    float sum = 0.0F;
    for (std::int64_t j = 0; j < columns; ++j) sum += density[b * columns + j];
    log_prob[b] = sum;
  }
}

void SquashedGaussian::Gradient(std::int64_t rows, const float* grad_action, float grad_log_prob,
                                float* grad_output) {
  const std::int64_t size = rows * columns_;
  float* grad_mean = grad_mean_.Reserve(size);
  float* grad_log_std = grad_log_std_.Reserve(size);
  GradientEach(size,
               {.action = action_.data(),
                .scaled_noise = scaled_noise_.data(),
                .log_std = log_std_.data(),
                .grad_action = grad_action,
                .grad_mean = grad_mean,
                .grad_log_std = grad_log_std},
               grad_log_prob);
  for (std::int64_t b = 0; b < rows; ++b) {
    std::copy_n(grad_mean + b * columns_, columns_, grad_output + b * 2 * columns_);
    std::copy_n(grad_log_std + b * columns_, columns_, grad_output + (b * 2 + 1) * columns_);
  }
}

}  // namespace dyna::learner
