#pragma once

#include <cstddef>
#include <cstdint>

#include "common/ports/replay_port.hpp"
#include "common/wire/message_type.hpp"

namespace dyna::wire {

/// Bytes of any name on the wire: instance, run, environment, table, weights, scalar.
inline constexpr std::size_t kNameBytesMax = 128;

/// One table as its shard sees it. Travels in every reply, so that nobody has to ask for it.
struct TableState {
  TableCounters counters = {};
  /// Rows the shard may have inserted in all before it must be granted more. Travels back so that
  /// a restarted learner knows what its predecessor has already granted.
  std::uint64_t inserted_max = 0;

  bool operator==(const TableState& other) const {
    const TableCounters& a = counters;
    const TableCounters& b = other.counters;
    return a.size == b.size && a.capacity == b.capacity && a.inserted == b.inserted &&
           a.sampled == b.sampled && a.evicted_capacity == b.evicted_capacity &&
           a.evicted_stale == b.evicted_stale && inserted_max == other.inserted_max;
  }
};

}  // namespace dyna::wire
