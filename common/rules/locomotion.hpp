#pragma once

#include <span>

#include "common/rules/rules.hpp"

namespace dyna::rules {

/// Hopper-v4:  0.7 < z, |angle| < 0.2, and every coordinate but (x, z) and every velocity inside
/// +-100. `qpos` [5] begins at z.
bool HopperHealthy(std::span<const double> qpos, std::span<const double> qvel) noexcept;

/// Walker2d-v4:  0.8 < z < 2 and |angle| < 1.
bool Walker2dHealthy(double z, double angle) noexcept;

/// Ant-v4, AntTruncatedObs:  0.2 <= z <= 1; the whole state must also be finite.
bool AntHealthy(double z) noexcept;

/// Humanoid-v4:  1 < z < 2.
bool HumanoidHealthy(double z) noexcept;

/// HumanoidTruncatedObs:  1 <= z <= 2; MBPO's environment counts the limits as healthy.
bool HumanoidTruncatedHealthy(double z) noexcept;

/// All of these are paid for how far x has come, which no observation holds: rewards are left to
/// the model, as in MBPO. (HalfCheetah of PETS is the exception; see pets.hpp.)
///
/// Hopper: the observation clips velocities at +-10, so the rule cannot see one of 100 that ends a
/// real episode. MBPO's own rule leaves out the lower bound of -100 by a misplaced parenthesis;
/// this one has it, as the environment has.
Rules HopperRules() noexcept;
Rules Walker2dRules() noexcept;
/// HalfCheetah-v4 and Swimmer-v4: never terminate.
Rules EndlessRules() noexcept;
Rules AntRules() noexcept;
Rules HumanoidRules() noexcept;
Rules HumanoidTruncatedRules() noexcept;

}  // namespace dyna::rules
