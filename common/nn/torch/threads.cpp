#include "common/nn/torch/threads.hpp"

#include <ATen/Parallel.h>
#include <dlfcn.h>

namespace dyna::nn {

void SetTorchThreads(int threads) {
  at::set_num_threads(threads);
  // OpenBLAS built for OpenMP (0.3.21, Debian 12) keeps a count of its own, all processors by
  // default. When OpenMP is allowed fewer, a large product splits its work for threads that are
  // never started and waits for them for ever. Other BLAS libraries lack the function.
  using SetBlasThreads = void (*)(int);
  void* const symbol = dlsym(RTLD_DEFAULT, "openblas_set_num_threads");
  if (symbol != nullptr) reinterpret_cast<SetBlasThreads>(symbol)(threads);
}

}  // namespace dyna::nn
