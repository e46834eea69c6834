#include "learner/algorithms/dhmbpo/rollout.hpp"

#include <torch/torch.h>

#include <utility>

namespace dyna::learner::dhmbpo {

at::Tensor Scales::Normalize(const at::Tensor& obs) const { return (obs - obs_mean) / obs_std; }

at::Tensor Scales::ToEnvironment(const at::Tensor& action) const {
  return action_center + action_scale * action;
}

at::Tensor Scales::FromEnvironment(const at::Tensor& action) const {
  return (action - action_center) / action_scale;
}

Streams::Streams(std::uint64_t seed)
    : noise(seed, "dhmbpo/noise"),
      members(seed, "dhmbpo/members"),
      rows(seed, "dhmbpo/rows"),
      pairs(seed, "dhmbpo/pairs"),
      dropout(seed, "dhmbpo/dropout") {}

void Streams::Save(StateDict& state) const {
  state.PutRng("noise", noise);
  state.PutRng("members", members);
  state.PutRng("rows", rows);
  state.PutRng("pairs", pairs);
  state.PutRng("dropout", dropout);
}

void Streams::Load(const StateDict& state) {
  state.GetRng("noise", noise);
  state.GetRng("members", members);
  state.GetRng("rows", rows);
  state.GetRng("pairs", pairs);
  state.GetRng("dropout", dropout);
}

at::Tensor Normals(std::int64_t rows, std::int64_t columns, Rng& rng) {
  at::Tensor tensor = torch::empty({rows, columns});
  for (float& value : nn::FloatSpan(tensor)) value = static_cast<float>(rng.Normal());
  return tensor;
}

at::Tensor DrawMembers(std::int64_t rows, const std::vector<std::int64_t>& members, Rng& rng) {
  std::vector<std::int64_t> order = members;
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[rng.Below(i)]);
  at::Tensor drawn = torch::empty({rows}, torch::kInt64);
  const auto count = static_cast<std::int64_t>(order.size());
  for (std::int64_t b = 0; b < rows; ++b) {
    drawn.data_ptr<std::int64_t>()[b] = order[static_cast<std::size_t>(b * count / rows)];
  }
  return drawn;
}

Rollout Roller::Roll(const at::Tensor& obs, std::int64_t horizon, Streams& streams) const {
  const std::int64_t rows = obs.size(0), columns = obs.size(1);
  const std::int64_t actions = scales.action_center.size(0);
  Rollout rollout;
  rollout.obs.push_back(obs);
  rollout.alive.push_back(torch::ones({rows}, torch::kBool));
  for (std::int64_t t = 0;; ++t) {
    const at::Tensor& s = rollout.obs.back();
    const at::Tensor& alive = rollout.alive.back();
    ActionDraw draw = actor.Draw(scales.Normalize(s), Normals(rows, actions, streams.noise));
    rollout.action.push_back(draw.action);
    rollout.log_prob.push_back(draw.log_prob);
    if (t == horizon) return rollout;
    const WorldStep step = model->Step(s, scales.ToEnvironment(draw.action),
                                       DrawMembers(rows, model->members(), streams.members),
                                       Normals(rows, columns, streams.noise));
    rollout.reward.push_back(step.reward);
    at::Tensor alive_next = alive & step.terminated.logical_not();
    at::Tensor next = torch::where(alive_next.unsqueeze(1), step.next_obs, s);
    rollout.alive.push_back(std::move(alive_next));
    rollout.obs.push_back(std::move(next));
  }
}

at::Tensor Roller::States(const at::Tensor& obs, std::int64_t length, Streams& streams) const {
  const torch::NoGradGuard no_grad;
  const Rollout rollout = Roll(obs, length, streams);
  return torch::cat(rollout.obs).index({torch::cat(rollout.alive)});
}

}  // namespace dyna::learner::dhmbpo
