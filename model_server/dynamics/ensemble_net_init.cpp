#include <torch/torch.h>

#include <cmath>

#include "model_server/dynamics/ensemble_net.hpp"

namespace dyna::dynamics {
namespace {

/// N(0, std^2) conditioned on |x| <= 2 std, by redrawing.
float TruncatedNormal(double std, Rng& rng) {
  while (true) {
    const double z = rng.Normal();
    if (std::abs(z) <= 2.0) return static_cast<float>(std * z);
  }
}

void FillNormal(double std, Rng& rng, at::Tensor tensor) {
  float* values = tensor.data_ptr<float>();
  for (std::int64_t i = 0; i < tensor.numel(); ++i) {
    values[i] = static_cast<float>(std * rng.Normal());
  }
}

}  // namespace

void EnsembleNet::Init(Rng& rng) {
  params_.zero_();
  for (std::int64_t e = 0; e < members(); ++e) {
    for (std::int64_t l = 0; l < layers(); ++l) {
      const at::Tensor w = weight(l, e);
      const double std = 1.0 / (2.0 * std::sqrt(static_cast<double>(w.size(0))));
      float* values = w.data_ptr<float>();
      for (std::int64_t i = 0; i < w.numel(); ++i) values[i] = TruncatedNormal(std, rng);
    }
  }
}

void EnsembleNet::InitHe(Rng& rng) {
  params_.zero_();
  for (std::int64_t e = 0; e < members(); ++e) {
    for (std::int64_t l = 0; l < layers(); ++l) {
      const double fan_in = static_cast<double>(sizes_[static_cast<std::size_t>(l)]);
      FillNormal(std::sqrt(2.0 / fan_in), rng, weight(l, e));
      FillNormal(1.0 / (2.0 * std::sqrt(fan_in)), rng, bias(l, e));
    }
  }
}

}  // namespace dyna::dynamics
