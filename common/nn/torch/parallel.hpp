#pragma once

#include <cstdint>
#include <functional>

namespace dyna::nn {

/// Calls work(i) once for each i in [0, tasks), spread evenly over LibTorch's threads, without
/// autograd. Inside, ATen and BLAS run serially: one start and one wait for all the work, where
/// threads inside each operation would meet hundreds of times.
void ParallelTasks(std::int64_t tasks, const std::function<void(std::int64_t)>& work);

/// Into how many parts to cut `rows` rows for ParallelTasks: one per thread, none of them tiny.
std::int64_t ShardCount(std::int64_t rows);

}  // namespace dyna::nn
