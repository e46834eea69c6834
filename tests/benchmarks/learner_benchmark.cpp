// Updates per second of the learners, beside plain LibTorch autograd doing the same arithmetic.
// The argument is the number of threads. Sampling from replay is not included: every update gets
// a copy of the same batch.
//   learner_benchmark --benchmark_min_time=2

#include <benchmark/benchmark.h>
#include <torch/torch.h>

#include <cmath>

#include "learner/algorithms/dqn.hpp"
#include "learner/algorithms/sac.hpp"
#include "tests/learner/algorithms/fake_batch_source.hpp"

namespace dyna::learner {
namespace {

constexpr std::int64_t kSacRows = 256, kSacObs = 17, kSacActions = 6;
constexpr std::int64_t kDqnRows = 128, kDqnObs = 4, kDqnActions = 2;

SampleBatch SacBatch() {
  Rng rng(0, "benchmark");
  return RandomBatch(rng, kSacRows, {kSacObs, kSacActions});
}

SampleBatch DqnBatch() {
  Rng rng(0, "benchmark");
  return RandomBatch(rng, kDqnRows, {kDqnObs, 1}, kDqnActions);
}

void Run(benchmark::State& state, Algorithm& algorithm, const SampleBatch& batch) {
  at::set_num_threads(static_cast<int>(state.range(0)));
  FakeBatchSource source([&] { return batch; });
  for (auto _ : state) benchmark::DoNotOptimize(algorithm.Update(source).ok());
  state.SetItemsProcessed(state.iterations());
}

void BM_Sac(benchmark::State& state) {
  const EnvSpec spec = {.name = "benchmark",
                        .observation = Space::Box(std::vector<double>(kSacObs, -1e9),
                                                  std::vector<double>(kSacObs, 1e9)),
                        .action = Space::Box(std::vector<double>(kSacActions, -1.0),
                                             std::vector<double>(kSacActions, 1.0))};
  SacAlgorithm sac(spec, {.target_entropy = -6.0}, 0);
  Run(state, sac, SacBatch());
}

void BM_Dqn(benchmark::State& state) {
  const EnvSpec spec = {.name = "benchmark",
                        .observation = Space::Box(std::vector<double>(kDqnObs, -1e9),
                                                  std::vector<double>(kDqnObs, 1e9)),
                        .action = Space::Discrete(kDqnActions)};
  DqnAlgorithm dqn(spec, {}, 0);
  Run(state, dqn, DqnBatch());
}

torch::nn::Sequential Net(std::int64_t in, std::int64_t first, std::int64_t second,
                          std::int64_t out) {
  return torch::nn::Sequential(torch::nn::Linear(in, first), torch::nn::ReLU(),
                               torch::nn::Linear(first, second), torch::nn::ReLU(),
                               torch::nn::Linear(second, out));
}

template <class Matrix>
at::Tensor Share(Matrix& matrix, std::int64_t columns) {
  return torch::from_blob(matrix.data(), {matrix.rows(), columns}, torch::kFloat);
}

std::pair<at::Tensor, at::Tensor> Draw(const at::Tensor& output) {
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
  for (std::size_t i = 0; i < target->parameters().size(); ++i) {
    target->parameters()[i].lerp_(source->parameters()[i], 5e-3);
  }
}

void BM_SacAutograd(benchmark::State& state) {
  at::set_num_threads(static_cast<int>(state.range(0)));
  SampleBatch batch = SacBatch();
  const auto obs = Share(batch.rows.obs, kSacObs), next_obs = Share(batch.rows.next_obs, kSacObs);
  const auto action = Share(batch.rows.action, kSacActions), reward = Share(batch.rows.reward, 1);
  const auto alive = 1.0 - Share(batch.rows.terminated, 1);
  auto policy = Net(kSacObs, 256, 256, 2 * kSacActions);
  const auto critic = [] { return Net(kSacObs + kSacActions, 256, 256, 1); };
  auto q1 = critic(), q2 = critic(), target1 = critic(), target2 = critic();
  auto log_alpha = torch::zeros({1}, torch::requires_grad());
  auto critic_parameters = q1->parameters();
  for (const auto& p : q2->parameters()) critic_parameters.push_back(p);
  torch::optim::Adam critic_adam(critic_parameters, 3e-4), policy_adam(policy->parameters(), 3e-4);
  torch::optim::Adam alpha_adam({log_alpha}, 3e-4);
  for (auto _ : state) {
    at::Tensor y;
    {
      const torch::NoGradGuard no_grad;
      const auto [next_action, log_prob] = Draw(policy->forward(next_obs));
      const auto in = torch::cat({next_obs, next_action}, 1);
      y = reward +
          0.99 * alive *
              (torch::min(target1->forward(in), target2->forward(in)) - log_alpha.exp() * log_prob);
    }
    const auto in = torch::cat({obs, action}, 1);
    critic_adam.zero_grad();
    (0.5 * torch::mse_loss(q1->forward(in), y) + 0.5 * torch::mse_loss(q2->forward(in), y))
        .backward();
    critic_adam.step();
    const auto [drawn, log_prob] = Draw(policy->forward(obs));
    const auto drawn_in = torch::cat({obs, drawn}, 1);
    policy_adam.zero_grad();
    (log_alpha.detach().exp() * log_prob - torch::min(q1->forward(drawn_in), q2->forward(drawn_in)))
        .mean()
        .backward();
    policy_adam.step();
    alpha_adam.zero_grad();
    (-log_alpha * (log_prob.detach().mean() - 6.0)).backward();
    alpha_adam.step();
    Polyak(target1, q1);
    Polyak(target2, q2);
  }
  state.SetItemsProcessed(state.iterations());
}

void BM_DqnAutograd(benchmark::State& state) {
  at::set_num_threads(static_cast<int>(state.range(0)));
  SampleBatch batch = DqnBatch();
  const auto obs = Share(batch.rows.obs, kDqnObs), next_obs = Share(batch.rows.next_obs, kDqnObs);
  const auto action = Share(batch.rows.action, 1).to(torch::kLong);
  const auto reward = Share(batch.rows.reward, 1);
  const auto alive = 1.0 - Share(batch.rows.terminated, 1);
  auto online = Net(kDqnObs, 120, 84, kDqnActions), target = Net(kDqnObs, 120, 84, kDqnActions);
  torch::optim::Adam adam(online->parameters(), 2.5e-4);
  for (auto _ : state) {
    at::Tensor y;
    {
      const torch::NoGradGuard no_grad;
      const auto next = online->forward(next_obs).argmax(1, true);
      y = reward + 0.99 * alive * target->forward(next_obs).gather(1, next);
    }
    adam.zero_grad();
    torch::mse_loss(online->forward(obs).gather(1, action), y).backward();
    adam.step();
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK(BM_Sac)->Arg(1)->Arg(2)->UseRealTime();
BENCHMARK(BM_SacAutograd)->Arg(1)->Arg(2)->UseRealTime();
BENCHMARK(BM_Dqn)->Arg(1)->Arg(2)->UseRealTime();
BENCHMARK(BM_DqnAutograd)->Arg(1)->Arg(2)->UseRealTime();

}  // namespace
}  // namespace dyna::learner

BENCHMARK_MAIN();
