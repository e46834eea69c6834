#pragma once

#include <array>
#include <span>

#include "common/rules/rules.hpp"

namespace dyna::rules {

/// Where the goal of PetsPusher lies [m]; it never moves and no observation holds it.
inline constexpr std::array<double, 3> kPetsPusherGoal = {0.45, -0.05, -0.323};

/// PetsCartPole:  r = exp(-|e - (0, 0.6)|^2 / 0.6^2) - 0.01 |a|^2 with the pole's end at
/// e = (x - 0.6 sin theta, -0.6 cos theta), theta = 0 hanging, AFTER the step.
double PetsCartPoleReward(double x, double theta, std::span<const double> action) noexcept;

/// PetsReacher3D: the end of the arm [m] for its seven joint angles [rad], by the chain of
/// rotations that PETS computes it by. The last joint turns the wrist about itself.
std::array<double, 3> PetsReacher3dEnd(std::span<const double> angles) noexcept;

/// PetsReacher3D:  r = -|end - target|^2 - 0.01 |a|^2 AFTER the step; `qpos` [10] is the seven
/// angles, then the target [m].
double PetsReacher3dReward(std::span<const double> qpos, std::span<const double> action) noexcept;

/// PetsPusher:  r = -1.25 |object - goal|_1 - 0.5 |object - tip|_1 - 0.1 |a|^2, positions [3] in
/// metres BEFORE the step.
double PetsPusherReward(std::span<const double> tip, std::span<const double> object,
                        std::span<const double> goal, std::span<const double> action) noexcept;

/// Environments of PETS (Chua et al. 2018), none of which terminates. The rewards are those that
/// the environments pay: PetsPusher's looks at the state before the step, while the reward function
/// that mbrl-lib gives its models looks at the one after.
Rules PetsCartPoleRules() noexcept;
/// r = forward velocity - 0.1 |a|^2: the velocity over the step is the next observation's first
/// column.
Rules PetsHalfCheetahRules() noexcept;
Rules PetsReacher3dRules() noexcept;
Rules PetsPusherRules() noexcept;

}  // namespace dyna::rules
