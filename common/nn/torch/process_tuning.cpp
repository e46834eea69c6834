#include "common/nn/torch/process_tuning.hpp"

#include <malloc.h>

#include <cstdlib>

namespace dyna::nn {

void TuneProcess() {
  // Training allocates and frees the same megabyte-sized tensors over and over. By default glibc
  // maps and unmaps each of them, and the page faults cost more than the arithmetic.
  mallopt(M_MMAP_THRESHOLD, 256 << 20);
  mallopt(M_TRIM_THRESHOLD, 512 << 20);
  // LibTorch 1.13 prefers AVX2 kernels even where AVX-512 is faster.
  if (__builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
      __builtin_cpu_supports("avx512bw") != 0 && __builtin_cpu_supports("avx512dq") != 0) {
    setenv("ATEN_CPU_CAPABILITY", "avx512", /*overwrite=*/0);
  }
}

}  // namespace dyna::nn
