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
  bool operator==(const TableState&) const = default;
};

}  // namespace dyna::wire
