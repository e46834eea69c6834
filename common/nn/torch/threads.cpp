#include "common/nn/torch/threads.hpp"

#include <ATen/Parallel.h>

namespace dyna::nn {

void SetTorchThreads(int threads) { at::set_num_threads(threads); }

}  // namespace dyna::nn
