#include "learner/algorithms/squashed_gaussian.hpp"

#include <torch/torch.h>

#include <cmath>
#include <numbers>

#include "common/core/check.hpp"

namespace dyna::learner {

SquashedSample SampleSquashed(const at::Tensor& output, const at::Tensor& noise) {
  DYNA_CHECK(output.dim() == 2 && noise.dim() == 2 && output.size(0) == noise.size(0));
  const std::int64_t columns = noise.size(1);
  DYNA_CHECK(output.size(1) == 2 * columns);
  const at::Tensor raw_log_std = output.narrow(1, columns, columns);
  const at::Tensor log_std = raw_log_std.clamp(kLogStdMin, kLogStdMax);
  SquashedSample sample;
  sample.noise = noise;
  sample.std = log_std.exp();
  sample.unclipped = (raw_log_std == log_std).to(output.scalar_type());
  const at::Tensor u = output.narrow(1, 0, columns) + sample.std * noise;
  sample.action = u.tanh();
  // -(1/2) log(2 pi) - 2 log 2 is the same for every entry: added once per row.
  const double constant = -0.5 * std::log(2.0 * std::numbers::pi) - 2.0 * std::numbers::ln2;
  sample.log_prob = (noise.square() * -0.5 - log_std + 2.0 * (u + at::softplus(u * -2.0))).sum(1) +
                    constant * static_cast<double>(columns);
  return sample;
}

at::Tensor SquashedGradient(const SquashedSample& sample, const at::Tensor& grad_action,
                            const at::Tensor& grad_log_prob) {
  const at::Tensor per_row = grad_log_prob.unsqueeze(1);
  const at::Tensor& a = sample.action;
  const at::Tensor grad_u = grad_action * (1.0 - a.square()) + per_row * (2.0 * a);
  const at::Tensor grad_log_std = (grad_u * sample.std * sample.noise - per_row) * sample.unclipped;
  return at::cat({grad_u, grad_log_std}, 1);
}

}  // namespace dyna::learner
