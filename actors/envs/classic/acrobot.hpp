#pragma once

#include <memory>

#include "actors/envs/environment.hpp"
#include "common/config/config.hpp"

namespace dyna::envs {

/// Gymnasium Acrobot-v1 (Sutton 1996, the book's equations): torque -1, 0, +1 on the elbow; state
/// (theta1 from hanging, theta2 from the first link, their velocities); 500 steps. Reads no keys.
std::unique_ptr<Environment> MakeAcrobot(Config& config);

}  // namespace dyna::envs
