#include "common/nn/torch/parallel.hpp"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

// at::parallel_for is a template: compiled without OpenMP, it is a plain loop.
#ifndef _OPENMP
#error "compile this file with -fopenmp"
#endif

namespace dyna::nn {

void ParallelTasks(std::int64_t tasks, const std::function<void(std::int64_t)>& work) {
  at::parallel_for(0, tasks, 1, [&work](std::int64_t begin, std::int64_t end) {
    const at::NoGradGuard no_grad;  // the guard is per thread
    for (std::int64_t i = begin; i < end; ++i) work(i);
  });
}

std::int64_t ShardCount(std::int64_t rows) {
  constexpr std::int64_t kRowsMin = 32;  // below, a thread's start costs more than it saves
  const std::int64_t threads = at::get_num_threads();
  return std::clamp<std::int64_t>(rows / kRowsMin, 1, std::max<std::int64_t>(threads, 1));
}

}  // namespace dyna::nn
