#include "learner/algorithms/divergence.hpp"

#include <cmath>

#include "common/core/error.hpp"
#include "common/core/number_text.hpp"

namespace dyna::learner {

double LossMaxFrom(Config& config) {
  return config.GetDouble("learner.loss_max", kLossMaxDefault, 1.0, 1e30);
}

void RequireConverging(const std::string& loss, double value, double loss_max) {
  if (std::abs(value) <= loss_max) return;  // false for NaN
  throw DivergenceError("the learner diverged: " + loss + " = " + NumberText(value) +
                        ", above learner.loss_max = " + NumberText(loss_max));
}

}  // namespace dyna::learner
