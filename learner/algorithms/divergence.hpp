#pragma once

#include <string>

#include "common/config/config.hpp"

namespace dyna::learner {

/// |loss| above which an update counts as diverged. Squares of returns are far below it in any
/// task of the field, and gradients of such a loss are still far from overflow in float32.
inline constexpr double kLossMaxDefault = 1e12;

/// Reads learner.loss_max.
double LossMaxFrom(Config& config);

/// DivergenceError unless |value| is at most `loss_max`. Called between a loss and the optimiser
/// step on it: what diverged never reaches the weights.
void RequireConverging(const std::string& loss, double value, double loss_max);

}  // namespace dyna::learner
