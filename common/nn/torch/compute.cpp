#include "common/nn/torch/compute.hpp"

#include "common/nn/torch/threads.hpp"

namespace dyna::nn {

ComputeOptions ComputeOptions::From(Config& config) {
  ComputeOptions options;
  // One by default, whatever the machine: the last bits of a sum depend on it, the networks of
  // small tasks gain little from more, and on shared cores threads that wait for each other lose.
  options.threads = static_cast<int>(config.GetInt("compute.threads", 1, 1, 1024));
  if (config.GetChoice("compute.precision", "fp32", {"fp32", "bf16"}) == "bf16") {
    if (!HasBfloat16()) {
      throw config.Wrong("compute.precision",
                         "fp32: bf16 needs a processor with AVX512-BF16 or AMX and LibTorch with "
                         "oneDNN's shared library");
    }
    options.precision = Precision::kBfloat16;
  }
  return options;
}

void SetCompute(const ComputeOptions& options) {
  SetTorchThreads(options.threads);
  SetPrecision(options.precision);
}

}  // namespace dyna::nn
