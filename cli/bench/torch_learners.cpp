#include <torch/torch.h>

#include <cmath>
#include <memory>
#include <vector>

#include "cli/bench/bench_case.hpp"
#include "cli/bench/bench_shapes.hpp"

namespace dyna::cli {
namespace {

torch::nn::Sequential Net(std::int64_t in, std::int64_t first, std::int64_t second,
                          std::int64_t out) {
  return torch::nn::Sequential(torch::nn::Linear(in, first), torch::nn::ReLU(),
                               torch::nn::Linear(first, second), torch::nn::ReLU(),
                               torch::nn::Linear(second, out));
}

struct Draw {
  at::Tensor action, log_prob;
};

Draw Sample(const at::Tensor& output) {
  const auto parts = output.chunk(2, 1);
  const auto log_std = parts[1].clamp(-20.0, 2.0);
  const auto noise = torch::randn_like(parts[0]);
  const auto u = parts[0] + log_std.exp() * noise;
  const auto log_prob = (-0.5 * noise.square() - log_std - 0.5 * std::log(2.0 * M_PI) -
                         2.0 * (std::log(2.0) - u - torch::softplus(-2.0 * u)))
                            .sum(1, true);
  return {u.tanh(), log_prob};
}

void Polyak(const torch::nn::Sequential& target, const torch::nn::Sequential& source) {
  const torch::NoGradGuard no_grad;
  const auto to = target->parameters(), from = source->parameters();
  for (std::size_t i = 0; i < to.size(); ++i) to[i].lerp_(from[i], 5e-3);
}

std::vector<at::Tensor> Both(const torch::nn::Sequential& a, const torch::nn::Sequential& b) {
  auto parameters = a->parameters();
  for (const auto& p : b->parameters()) parameters.push_back(p);
  return parameters;
}

torch::nn::Sequential Critic() { return Net(kObs + kActions, kHidden, kHidden, 1); }

struct Sac {
  double Update() {
    const at::Tensor rows = torch::randint(kTableRows, {kBatch}, torch::kLong);
    const auto s = obs.index_select(0, rows), next = next_obs.index_select(0, rows);
    at::Tensor y;
    {
      const torch::NoGradGuard no_grad;
      const Draw draw = Sample(policy->forward(next));
      const auto in = torch::cat({next, draw.action}, 1);
      const auto least = torch::min(target1->forward(in), target2->forward(in));
      y = reward.index_select(0, rows) +
          0.99 * alive.index_select(0, rows) * (least - log_alpha.exp() * draw.log_prob);
    }
    const auto in = torch::cat({s, action.index_select(0, rows)}, 1);
    critic_adam.zero_grad();
    (0.5 * torch::mse_loss(q1->forward(in), y) + 0.5 * torch::mse_loss(q2->forward(in), y))
        .backward();
    critic_adam.step();
    const Draw draw = Sample(policy->forward(s));
    const auto drawn = torch::cat({s, draw.action}, 1);
    policy_adam.zero_grad();
    (log_alpha.detach().exp() * draw.log_prob - torch::min(q1->forward(drawn), q2->forward(drawn)))
        .mean()
        .backward();
    policy_adam.step();
    alpha_adam.zero_grad();
    (-log_alpha * (draw.log_prob.detach().mean() - static_cast<double>(kActions))).backward();
    alpha_adam.step();
    Polyak(target1, q1);
    Polyak(target2, q2);
    return 1.0;
  }

  at::Tensor obs = torch::randn({kTableRows, kObs}), next_obs = torch::randn({kTableRows, kObs});
  at::Tensor action = torch::rand({kTableRows, kActions}) * 2.0 - 1.0;
  at::Tensor reward = torch::randn({kTableRows, 1}), alive = torch::ones({kTableRows, 1});
  torch::nn::Sequential policy = Net(kObs, kHidden, kHidden, 2 * kActions);
  torch::nn::Sequential q1 = Critic(), q2 = Critic(), target1 = Critic(), target2 = Critic();
  at::Tensor log_alpha = torch::zeros({1}, torch::requires_grad());
  torch::optim::Adam critic_adam{Both(q1, q2), 3e-4}, policy_adam{policy->parameters(), 3e-4};
  torch::optim::Adam alpha_adam{std::vector<at::Tensor>{log_alpha}, 3e-4};
};

struct Dqn {
  double Update() {
    const at::Tensor rows = torch::randint(kTableRows, {kDqnBatch}, torch::kLong);
    const auto next = next_obs.index_select(0, rows);
    at::Tensor y;
    {
      const torch::NoGradGuard no_grad;
      const auto best = online->forward(next).argmax(1, true);
      y = reward.index_select(0, rows) +
          0.99 * alive.index_select(0, rows) * target->forward(next).gather(1, best);
    }
    adam.zero_grad();
    const auto q = online->forward(obs.index_select(0, rows));
    torch::mse_loss(q.gather(1, action.index_select(0, rows)), y).backward();
    adam.step();
    return 1.0;
  }

  at::Tensor obs = torch::randn({kTableRows, kDqnObs});
  at::Tensor next_obs = torch::randn({kTableRows, kDqnObs});
  at::Tensor action = torch::randint(kDqnActions, {kTableRows, 1}, torch::kLong);
  at::Tensor reward = torch::randn({kTableRows, 1}), alive = torch::ones({kTableRows, 1});
  torch::nn::Sequential online = Net(kDqnObs, kDqnFirst, kDqnSecond, kDqnActions);
  torch::nn::Sequential target = Net(kDqnObs, kDqnFirst, kDqnSecond, kDqnActions);
  torch::optim::Adam adam{online->parameters(), 2.5e-4};
};

}  // namespace

std::function<double()> TorchSac() {
  return [sac = std::make_shared<Sac>()] { return sac->Update(); };
}

std::function<double()> TorchDqn() {
  return [dqn = std::make_shared<Dqn>()] { return dqn->Update(); };
}

}  // namespace dyna::cli
