#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "common/core/rng.hpp"
#include "common/core/state_dict.hpp"
#include "learner/algorithms/dhmbpo/actor.hpp"
#include "learner/algorithms/world_model.hpp"

namespace dyna::learner::dhmbpo {

/// H steps of B rows under the current policy, and the action that would follow. A row that has
/// ended stays where it was.
struct Rollout {
  std::vector<at::Tensor> obs = {};       ///< H+1 of [B,O] raw
  std::vector<at::Tensor> action = {};    ///< H+1 of [B,A] in [-1, 1]
  std::vector<at::Tensor> log_prob = {};  ///< H+1 of [B]
  std::vector<at::Tensor> reward = {};    ///< H of [B]
  std::vector<at::Tensor> alive = {};     ///< H+1 of [B] bool: not ended before this state
};

/// How raw observations and the environment's actions map to what nets see.
struct Scales {
  at::Tensor obs_mean = {};       ///< [O]
  at::Tensor obs_std = {};        ///< [O]
  at::Tensor action_center = {};  ///< [A]
  at::Tensor action_scale = {};   ///< [A]

  at::Tensor Normalize(const at::Tensor& obs) const;
  at::Tensor ToEnvironment(const at::Tensor& action) const;
  at::Tensor FromEnvironment(const at::Tensor& action) const;
};

/// All random numbers of the algorithm.
struct Streams {
  explicit Streams(std::uint64_t seed);
  Rng noise;    ///< of actions and of the model's states
  Rng members;  ///< which member predicts
  Rng rows;     ///< which states are learned in
  Rng pairs;    ///< which target critics count
  Rng dropout;

  void Save(StateDict& state) const;
  void Load(const StateDict& state);
};

/// Standard normals [rows,columns].
at::Tensor Normals(std::int64_t rows, std::int64_t columns, Rng& rng);
/// A member for each of B rows: blocks of neighbouring rows, as even as B allows, to which a fresh
/// permutation assigns `members`.
at::Tensor DrawMembers(std::int64_t rows, const std::vector<std::int64_t>& members, Rng& rng);

/// What is rolled; borrowed. `model` may be null for rollouts of no step.
struct Roller {
  const Actor& actor;
  const WorldModel* model;
  const Scales& scales;

  /// Differentiable through every step; under a NoGradGuard, plain numbers.
  Rollout Roll(const at::Tensor& obs, std::int64_t horizon, Streams& streams) const;
  /// The states [N,O] of `length` steps from `obs`, those of ended rows left out; the first ones
  /// are `obs` itself. Without gradients.
  at::Tensor States(const at::Tensor& obs, std::int64_t length, Streams& streams) const;
};

}  // namespace dyna::learner::dhmbpo
