#include "common/nn/torch/parallel.hpp"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <atomic>
#include <thread>
#include <vector>

#include "common/nn/torch/threads.hpp"

namespace dyna::nn {
namespace {

TEST(ParallelTasksTest, DoesEveryTaskOnceWhateverTheThreads) {
  for (const int threads : {1, 2, 4}) {
    SetTorchThreads(threads);
    for (const std::int64_t tasks : {0, 1, 2, 3, 100}) {
      std::vector<int> done(static_cast<std::size_t>(tasks), 0);
      ParallelTasks(tasks, [&](std::int64_t i) { ++done[static_cast<std::size_t>(i)]; });
      EXPECT_EQ(done, std::vector<int>(static_cast<std::size_t>(tasks), 1));
    }
  }
  SetTorchThreads(1);
}

// Each task waits for the other: done one after the other, they would wait for ever.
TEST(ParallelTasksTest, TasksRunAtTheSameTimeAndOperationsInsideThemAreSerial) {
  SetTorchThreads(2);
  std::atomic<int> arrived = 0;
  std::atomic<bool> nested = false;
  ParallelTasks(2, [&](std::int64_t) {
    ++arrived;
    while (arrived < 2) std::this_thread::yield();
    if (!at::in_parallel_region() || torch::GradMode::is_enabled()) nested = true;
  });
  EXPECT_FALSE(nested);
  SetTorchThreads(1);
}

// More than the processors of a small machine, with products large enough for BLAS to split.
TEST(ParallelTasksTest, LargeProductsInsideAndOutsideTasksEndWithAnyNumberOfThreads) {
  for (const int threads : {1, 2, 4, 1}) {
    SetTorchThreads(threads);
    const at::Tensor x = torch::ones({512, 300});
    EXPECT_EQ(x.matmul(x.t())[3][5].item<float>(), 300.0F);
    ParallelTasks(3, [&](std::int64_t) { x.matmul(x.t()); });
  }
  SetTorchThreads(1);
}

}  // namespace
}  // namespace dyna::nn
