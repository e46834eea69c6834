#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>

#include "common/core/rng.hpp"
#include "common/core/state_dict.hpp"

namespace dyna::learner::dhmbpo {

/// The newest states of the distribution rollouts. Raw, so that they keep their meaning when the
/// normaliser moves on.
class StateRing {
 public:
  StateRing(std::int64_t capacity, std::int64_t columns);

  /// Appends rows [N,O] in order; the oldest go.
  void Add(const at::Tensor& states);
  /// [rows,O] drawn uniformly with replacement. Not for an empty ring.
  at::Tensor Draw(std::int64_t rows, Rng& rng) const;
  std::int64_t size() const noexcept { return size_; }

  void Save(const std::string& prefix, StateDict& state) const;
  void Load(const std::string& prefix, const StateDict& state);

 private:
  at::Tensor states_;  // [capacity,O]
  std::int64_t size_ = 0;
  std::int64_t next_ = 0;
};

}  // namespace dyna::learner::dhmbpo
