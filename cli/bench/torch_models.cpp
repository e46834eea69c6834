#include <torch/torch.h>

#include <cmath>
#include <memory>
#include <vector>

#include "cli/bench/bench_case.hpp"
#include "cli/bench/bench_shapes.hpp"

namespace dyna::cli {
namespace {

/// Members batched as [E,in,out] weights, one product for all of them.
struct Ensemble {
  Ensemble() {
    std::vector<std::int64_t> widths(kModelLayers + 2, kModelHidden);
    widths.front() = kInputs;
    widths.back() = 2 * kTargets;
    for (std::size_t l = 0; l + 1 < widths.size(); ++l) {
      const double std = 0.5 / std::sqrt(static_cast<double>(widths[l]));
      weights.push_back(
          (torch::randn({kMembers, widths[l], widths[l + 1]}) * std).requires_grad_());
      biases.push_back(torch::zeros({kMembers, 1, widths[l + 1]}, torch::requires_grad()));
    }
  }
  /// x [E',B,I] for the first E' members.
  at::Tensor Forward(at::Tensor x) const {
    const std::int64_t members = x.size(0);
    for (std::size_t l = 0; l < weights.size(); ++l) {
      x = torch::baddbmm(biases[l].narrow(0, 0, members), x, weights[l].narrow(0, 0, members));
      if (l + 1 < weights.size()) x = torch::silu(x);
    }
    return x;
  }
  at::Tensor LogVariance(const at::Tensor& out) const {
    const auto u = high - torch::softplus(high - out.narrow(-1, kTargets, kTargets));
    return low + torch::softplus(u - low);
  }
  std::vector<at::Tensor> Parameters() const {
    auto all = weights;
    all.insert(all.end(), biases.begin(), biases.end());
    all.insert(all.end(), {high, low});
    return all;
  }

  std::vector<at::Tensor> weights = {}, biases = {};
  at::Tensor high = torch::full({kTargets}, 0.5, torch::requires_grad());
  at::Tensor low = torch::full({kTargets}, -10.0, torch::requires_grad());
};

struct Training {
  double Step() {
    const at::Tensor rows = torch::randint(kTableRows, {kMembers * kBatch}, torch::kLong);
    const auto x = inputs.index_select(0, rows).view({kMembers, kBatch, kInputs});
    const auto y = targets.index_select(0, rows).view({kMembers, kBatch, kTargets});
    adam.zero_grad();
    const auto out = net.Forward((x - mean) / std);
    const auto log_var = net.LogVariance(out);
    const auto error = (out.narrow(2, 0, kTargets) - y).square() * (-log_var).exp();
    const auto loss = (error + log_var).mean({1, 2}).sum() + 0.01 * (net.high - net.low).sum();
    loss.backward();
    adam.step();
    return 1.0;
  }

  Ensemble net;
  at::Tensor inputs = torch::randn({kTableRows, kInputs});
  at::Tensor targets = torch::randn({kTableRows, kTargets});
  at::Tensor mean = torch::zeros({kInputs}), std = torch::ones({kInputs});
  torch::optim::Adam adam{net.Parameters(), torch::optim::AdamOptions(1e-3).weight_decay(5e-5)};
};

/// Every row by an elite drawn at random: rows are shuffled and dealt to the elites in equal
/// parts, so that one batched product serves all. Starts are drawn from a table and every row is
/// written to another.
struct Rollouts {
  explicit Rollouts(std::int64_t steps) : horizon(steps) {
    for (const std::int64_t columns : {kObs, kActions, std::int64_t{1}, kObs, std::int64_t{1}}) {
      made.push_back(torch::zeros({horizon * kStarts, columns}));
    }
  }
  double Roll() {
    const torch::NoGradGuard no_grad;
    const at::Tensor starts = torch::randint(kTableRows, {kStarts}, torch::kLong);
    at::Tensor state = real_obs.index_select(0, starts);
    for (std::int64_t t = 0; t < horizon; ++t) {
      const auto parts = policy->forward(state).chunk(2, 1);
      const auto action =
          (parts[0] + parts[1].clamp(-20.0, 2.0).exp() * torch::randn_like(parts[0])).tanh();
      const auto order = torch::randperm(kStarts, torch::kLong);
      const auto x = (torch::cat({state, action}, 1) - mean) / std;
      const auto out = net.Forward(x.index_select(0, order).view({kElites, -1, kInputs}));
      const auto scale = (0.5 * net.LogVariance(out)).exp();
      const auto drawn = out.narrow(2, 0, kTargets) + scale * torch::randn_like(scale);
      at::Tensor delta = torch::empty({kStarts, kTargets});
      delta.index_copy_(0, order, drawn.view({-1, kTargets}));
      const auto next = state + delta.narrow(1, 1, kObs);
      const auto ended = torch::zeros({kStarts, 1});
      const at::Tensor columns[] = {state, action, delta.narrow(1, 0, 1), next, ended};
      for (std::size_t i = 0; i < made.size(); ++i) {
        made[i].narrow(0, t * kStarts, kStarts).copy_(columns[i]);
      }
      state = next;
    }
    return static_cast<double>(kStarts * horizon);
  }

  std::int64_t horizon;
  at::Tensor real_obs = torch::randn({kTableRows, kObs});
  std::vector<at::Tensor> made = {};  // obs, action, reward, next_obs, terminated
  Ensemble net;
  at::Tensor mean = torch::zeros({kInputs}), std = torch::ones({kInputs});
  torch::nn::Sequential policy{torch::nn::Linear(kObs, kHidden), torch::nn::ReLU(),
                               torch::nn::Linear(kHidden, kHidden), torch::nn::ReLU(),
                               torch::nn::Linear(kHidden, 2 * kActions)};
};

}  // namespace

std::function<double()> TorchEnsemble() {
  return [training = std::make_shared<Training>()] { return training->Step(); };
}

std::function<double()> TorchImagination(std::int64_t horizon) {
  return [rollouts = std::make_shared<Rollouts>(horizon)] { return rollouts->Roll(); };
}

}  // namespace dyna::cli
