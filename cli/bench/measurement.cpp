#include "cli/bench/measurement.hpp"

#include <torch/torch.h>

#include <algorithm>
#include <chrono>

#include "common/core/check.hpp"
#include "common/nn/torch/gemm.hpp"
#include "common/nn/torch/parallel.hpp"

namespace dyna::cli {
namespace {

/// Products per call, shared out to threads when ours are measured.
constexpr std::int64_t kProducts = 8;

double ProductsGflop(std::int64_t n) { return 2e-9 * static_cast<double>(kProducts * n * n * n); }

}  // namespace

double Rates::median() const {
  DYNA_CHECK(!rounds.empty());
  std::vector<double> sorted = rounds;
  std::sort(sorted.begin(), sorted.end());
  return 0.5 * (sorted[(sorted.size() - 1) / 2] + sorted[sorted.size() / 2]);
}

double Rates::least() const { return *std::min_element(rounds.begin(), rounds.end()); }

double Rates::greatest() const { return *std::max_element(rounds.begin(), rounds.end()); }

void MeasureRound(const std::function<double()>& work, double seconds, Rates& rates) {
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  double units = 0.0, elapsed = 0.0;
  do {
    units += work();
    elapsed = std::chrono::duration<double>(Clock::now() - begin).count();
  } while (elapsed < seconds);
  rates.rounds.push_back(units / elapsed);
}

double SgemmRoofline(double seconds) {
  const torch::NoGradGuard no_grad;
  double best = 0.0;
  for (const std::int64_t n : {std::int64_t{256}, std::int64_t{1024}}) {
    const at::Tensor a = torch::randn({n, n}), b = torch::randn({n, n});
    at::Tensor c = torch::empty({kProducts, n, n});
    const auto torchs = [&] {
      for (std::int64_t i = 0; i < kProducts; ++i) {
        at::Tensor out = c[i];
        at::mm_out(out, a, b);
      }
      return ProductsGflop(n);
    };
    const auto ours = [&] {
      nn::ParallelTasks(kProducts, [&](std::int64_t i) {
        nn::Multiply({.rows = n, .columns = n, .inner = n},
                     {.data = a.data_ptr<float>(), .stride = n},
                     {.data = b.data_ptr<float>(), .stride = n}, c.data_ptr<float>() + i * n * n);
      });
      return ProductsGflop(n);
    };
    for (const std::function<double()>& work : {std::function<double()>(torchs), {ours}}) {
      Rates rates;
      MeasureRound(work, 0.0, rates);  // warm up
      MeasureRound(work, seconds, rates);
      best = std::max(best, rates.rounds.back());
    }
  }
  return best;
}

}  // namespace dyna::cli
