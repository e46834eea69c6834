#pragma once

// Only for messages_*.cpp.

#include <cstdint>
#include <limits>

#include "common/wire/bounded_fields.hpp"
#include "common/wire/table_state.hpp"

namespace dyna::wire {

inline constexpr std::int64_t kInt64Max = std::numeric_limits<std::int64_t>::max();

template <class Archive>
void serialize(Archive& archive, TableState& state) {
  TableCounters& counters = state.counters;
  archive(InRange{counters.size, std::int64_t{0}, kInt64Max},
          InRange{counters.capacity, std::int64_t{0}, kInt64Max}, counters.inserted,
          counters.sampled, counters.evicted_capacity, counters.evicted_stale,
          counters.priority_total, counters.incarnation, counters.restored, counters.grants,
          counters.granted, counters.wanted);
}

}  // namespace dyna::wire
