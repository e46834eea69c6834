#pragma once

#include <span>

#include "common/rules/rules.hpp"

namespace dyna::rules {

/// Reacher-v4:  r = -||fingertip - target|| - |a|^2, `offset` [3] being that difference [m] BEFORE
/// the step.
double ReacherReward(std::span<const double> offset, std::span<const double> action) noexcept;

/// Pusher-v4:  r = -||object - goal|| - 0.1 |a|^2 - 0.5 ||object - tip||, positions [3] in metres
/// BEFORE the step.
double PusherReward(std::span<const double> tip, std::span<const double> object,
                    std::span<const double> goal, std::span<const double> action) noexcept;

/// Never terminate. Observations hold the positions that the rewards are made of: Reacher the
/// offset in columns 8..10; Pusher tip, object and goal from column 14.
Rules ReacherRules() noexcept;
Rules PusherRules() noexcept;

}  // namespace dyna::rules
