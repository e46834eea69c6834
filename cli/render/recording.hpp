#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "actors/envs/environment.hpp"
#include "common/core/rng.hpp"
#include "common/nn/policy.hpp"

namespace dyna::cli {

/// An episode of T steps with the deterministic policy.
struct Episode {
  std::vector<std::vector<double>> states = {};   ///< [T+1][S], spec().state_names
  std::vector<envs::Image> pictures = {};         ///< [T+1], of environments that draw themselves
  std::vector<std::vector<double>> obs = {};      ///< [T+1][O], rounded to float32
  std::vector<std::vector<double>> actions = {};  ///< [T][A], environment units
  std::vector<double> rewards = {};               ///< [T]

  std::size_t steps() const noexcept { return rewards.size(); }
  double episode_return() const;
};

/// Plays on from where `environment` was reset to, to its end or `steps_max`.
Episode Record(envs::Environment& environment, const nn::Policy& policy, std::int64_t steps_max,
               Rng& rng);

/// Root of the mean square over the columns of a - b.
double Distance(std::span<const double> a, std::span<const double> b);

}  // namespace dyna::cli
