#include "learner/algorithms/dhmbpo/objectives.hpp"

#include <torch/torch.h>

#include <cmath>
#include <numeric>
#include <utility>

namespace dyna::learner::dhmbpo {
namespace {

at::Tensor Alive(const Rollout& rollout, std::size_t t, const at::Tensor& values) {
  return torch::where(rollout.alive[t], values, torch::zeros({}));
}

}  // namespace

at::Tensor MinimumOfDrawn(const at::Tensor& values, std::int64_t count, Rng& rng) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(values.size(0)));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  const auto drawn = static_cast<std::size_t>(count);
  for (std::size_t i = 0; i < drawn; ++i) {
    std::swap(order[i], order[i + rng.Below(order.size() - i)]);
  }
  order.resize(drawn);
  return values.index_select(0, torch::tensor(order, torch::kInt64)).amin(0);
}

at::Tensor SoftRewards(const Rollout& rollout, double alpha) {
  std::vector<at::Tensor> parts;
  for (std::size_t t = 0; t < rollout.reward.size(); ++t) {
    const at::Tensor soft = (rollout.reward[t] - alpha * rollout.log_prob[t]).detach();
    parts.push_back(soft.index({rollout.alive[t]}));
  }
  return torch::cat(parts);
}

at::Tensor CriticTarget(const Rollout& rollout, const at::Tensor& terminal_q, double alpha,
                        double gamma) {
  const torch::NoGradGuard no_grad;
  const std::size_t horizon = rollout.reward.size();
  at::Tensor target = torch::zeros_like(terminal_q);
  for (std::size_t t = 0; t < horizon; ++t) {
    at::Tensor gain = rollout.reward[t];
    if (t > 0) gain = gain - alpha * rollout.log_prob[t];
    target += std::pow(gamma, static_cast<double>(t)) * Alive(rollout, t, gain);
  }
  const at::Tensor rest = terminal_q - alpha * rollout.log_prob[horizon];
  return target + std::pow(gamma, static_cast<double>(horizon)) * Alive(rollout, horizon, rest);
}

at::Tensor ActorObjective(const Rollout& rollout, std::int64_t h, const at::Tensor& terminal_q,
                          double alpha, double gamma) {
  const auto end = static_cast<std::size_t>(h);
  at::Tensor sum = torch::zeros({rollout.obs[0].size(0)});
  for (std::size_t t = 0; t < end; ++t) {
    const at::Tensor gain = rollout.reward[t] - alpha * rollout.log_prob[t];
    sum = sum + std::pow(gamma, static_cast<double>(t)) * Alive(rollout, t, gain);
  }
  if (terminal_q.defined()) {
    const at::Tensor rest = terminal_q - alpha * rollout.log_prob[end];
    sum = sum + std::pow(gamma, static_cast<double>(h)) * Alive(rollout, end, rest);
  }
  return sum.mean();
}

}  // namespace dyna::learner::dhmbpo
