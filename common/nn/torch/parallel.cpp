#include "common/nn/torch/parallel.hpp"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

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

}  // namespace dyna::nn
