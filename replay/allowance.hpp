#pragma once

#include <cstdint>

#include "common/core/error.hpp"
#include "common/ports/replay_port.hpp"

namespace dyna::replay {

/// How many rows a table may take, as the learner has granted it (promise P4 in a cluster: how
/// far actors and imagination may run ahead of the learner). Pure counting: no clock, no rows.
///
/// Nothing of it is saved. In a new life a granted table may keep what it holds and take no more
/// until it is granted more: an allowance from before might have been given to other shards since.
class Allowance {
 public:
  /// `granted`: whether rows need a grant from the start; if not, they do after the first one.
  explicit Allowance(bool granted) noexcept : inserted_max_(granted ? 0 : kRowsUnlimited) {}

  /// Done, or kBackpressure naming the limit, its value and who raises it, in which case the
  /// want is remembered for the granter.
  Status Admit(std::int64_t rows, std::uint64_t inserted);
  /// kVersionMismatch, and no change, if the order is not based on grants().
  Status Take(const GrantOrder& order);
  /// After a restart with `inserted` rows ever taken.
  void Restart(std::uint64_t inserted) noexcept;
  /// From now on rows need a grant, but for the `inserted` that are there.
  void Require(std::uint64_t inserted) noexcept;

  std::uint64_t grants() const noexcept { return grants_; }
  std::uint64_t inserted_max() const noexcept { return inserted_max_; }
  std::uint64_t wanted() const noexcept { return wanted_; }

 private:
  std::uint64_t inserted_max_;
  std::uint64_t grants_ = 0;
  std::uint64_t wanted_ = 0;
};

}  // namespace dyna::replay
