// Gradient steps and synthetic rows per second of the ensemble at MBPO's sizes.
// DYNA_BENCHMARK_THREADS sets torch's threads. On a virtual machine, or beside other work, run it
// with OMP_WAIT_POLICY=passive: threads that spin while they wait can cost a factor of ten.
#include <benchmark/benchmark.h>
#include <torch/torch.h>

#include <cstdlib>
#include <memory>
#include <vector>

#include "common/nn/torch/threads.hpp"
#include "model_server/dynamics/ensemble_optimizer.hpp"
#include "model_server/dynamics/gaussian_head.hpp"
#include "model_server/dynamics/row_index.hpp"
#include "model_server/imagination/model_step.hpp"

namespace dyna {
namespace {

constexpr std::int64_t kRows = 20000;

void SetThreads() {
  const char* threads = std::getenv("DYNA_BENCHMARK_THREADS");
  nn::SetTorchThreads(threads == nullptr ? 2 : std::atoi(threads));
}

/// HalfCheetah's sizes: 17 observations, 6 actions.
dynamics::ModelOptions Options() {
  dynamics::ModelOptions options;
  options.shape = {.obs_columns = 17, .action_columns = 6};
  return options;
}

TransitionBatch RandomRows() {
  Rng rng(1, "rows");
  auto batch = TransitionBatch::Zeros(kRows, {17, 6});
  for (auto* matrix : {&batch.obs, &batch.next_obs, &batch.action}) {
    for (Eigen::Index i = 0; i < matrix->size(); ++i) {
      matrix->data()[i] = static_cast<float>(rng.Normal());
    }
  }
  return batch;
}

void BM_EnsembleGradientStep(benchmark::State& state) {
  SetThreads();
  dynamics::Ensemble ensemble(Options(), std::make_unique<dynamics::GaussianHead>(0.01));
  dynamics::EnsembleOptimizer optimizer(ensemble);
  dynamics::Dataset data(ensemble.options.shape);
  data.Append(RandomRows());
  Rng rng(2, "rows");
  dynamics::MemberRows rows(7, std::vector<std::int64_t>(256));
  for (auto& member : rows) {
    for (auto& row : member) row = static_cast<std::int64_t>(rng.Below(kRows));
  }
  const std::vector<std::span<const std::int64_t>> views(rows.begin(), rows.end());
  for (auto _ : state) benchmark::DoNotOptimize(optimizer.Step(ensemble, data, views));
  state.counters["steps/s"] =
      benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}
BENCHMARK(BM_EnsembleGradientStep)->UseRealTime()->Unit(benchmark::kMillisecond);

void BM_SyntheticRows(benchmark::State& state) {
  SetThreads();
  const torch::NoGradGuard no_grad;
  imagination::ImaginationOptions options;
  options.model = Options();
  imagination::ModelStep step(options);
  const auto model = dynamics::MakeDynamicsModel(options.model);
  const at::Tensor obs = torch::randn({kRows, 17});
  const at::Tensor action = torch::randn({kRows, 6});
  for (auto _ : state) benchmark::DoNotOptimize(step.Roll(*model, obs, action).next_obs);
  state.counters["rows/s"] = benchmark::Counter(static_cast<double>(state.iterations() * kRows),
                                                benchmark::Counter::kIsRate);
}
BENCHMARK(BM_SyntheticRows)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace dyna

BENCHMARK_MAIN();
