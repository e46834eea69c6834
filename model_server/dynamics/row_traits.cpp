#include "model_server/dynamics/row_traits.hpp"

#include <cmath>

#include "common/core/rng.hpp"

namespace dyna::dynamics {

bool IsValidationRow(std::uint64_t seed, std::int64_t number, double share) {
  return Rng(seed, "model.validation", static_cast<std::uint64_t>(number)).Uniform() < share;
}

void DrawRowWeights(std::uint64_t seed, std::int64_t number, std::span<float> weights) {
  Rng rng(seed, "model.bootstrap", static_cast<std::uint64_t>(number));
  for (float& weight : weights) weight = static_cast<float>(-std::log(1.0 - rng.Uniform()));
}

}  // namespace dyna::dynamics
