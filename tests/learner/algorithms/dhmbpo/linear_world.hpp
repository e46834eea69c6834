#pragma once

#include <torch/torch.h>

#include <limits>
#include <vector>

#include "learner/algorithms/world_model.hpp"

namespace dyna::learner::dhmbpo {

/// s' = s + gain * sum(a) + offset[member] + std * noise,  r = -sum(s^2) - cost * sum(a^2); the row
/// ends where s'_0 > end. Everything has a closed form.
struct LinearWorld : WorldModel {
  bool Refresh() override { return ready; }
  const std::vector<std::int64_t>& members() const override { return elites; }
  WorldStep Step(const at::Tensor& obs, const at::Tensor& action, const at::Tensor& members,
                 const at::Tensor& noise) const override {
    const at::Tensor drift =
        torch::tensor(offset, torch::kFloat32).index_select(0, members).unsqueeze(1);
    const at::Tensor next = obs + gain * action.sum(1, true) + drift + std * noise;
    return {.next_obs = next,
            .reward = -obs.square().sum(1) - cost * action.square().sum(1),
            .terminated = next.detach().select(1, 0) > end};
  }

  bool ready = true;
  std::vector<std::int64_t> elites = {0};
  std::vector<double> offset = {0.0};
  double gain = 1.0;
  double std = 0.0;
  double cost = 0.0;
  double end = std::numeric_limits<double>::infinity();
};

/// Observations and actions as they are.
inline at::Tensor Zeros(std::int64_t columns) { return torch::zeros({columns}); }
inline at::Tensor Ones(std::int64_t columns) { return torch::ones({columns}); }

}  // namespace dyna::learner::dhmbpo
