#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "common/core/state_dict.hpp"
#include "common/core/transition_batch.hpp"
#include "model_server/imagination/imaginer.hpp"

namespace dyna::imagination {

/// Imagined transitions of one depth, made by one model and policy.
struct ImaginedRows {
  at::Tensor obs = {};         ///< [B,O] float32
  at::Tensor action = {};      ///< [B,A] float32
  at::Tensor reward = {};      ///< [B] float32
  at::Tensor next_obs = {};    ///< [B,O] float32
  at::Tensor terminated = {};  ///< [B] float32
  at::Tensor rollout = {};     ///< [B] int64, which rollout of this worker
  std::int64_t depth = 0;      ///< 1 = the first imagined step
  std::uint64_t model_version = 0;
  std::uint64_t policy_version = 0;

  std::int64_t size() const { return obs.defined() ? obs.size(0) : 0; }
  /// With provenance: episode = rollout, step = depth - 1.
  TransitionBatch ToBatch(std::uint32_t producer) const;
};

/// One Step() in progress. Kept between calls only when backpressure interrupts it.
struct Round {
  bool active = false;
  std::int64_t starts_left = 0;  ///< start states still to be drawn
  std::int64_t depth = 0;        ///< steps already rolled by the live rows
  at::Tensor obs = {};           ///< [B,O] states of the live rows
  at::Tensor first_action = {};  ///< [B,A] really taken in the start states
  at::Tensor rollout = {};       ///< [B] int64
  ImaginedRows pending = {};     ///< made, not yet appended
  ImaginationReport report = {};

  std::int64_t live() const { return obs.defined() ? obs.size(0) : 0; }
  void Save(StateDict& state) const;
  void Load(const StateDict& state, TransitionShape shape);
};

}  // namespace dyna::imagination
