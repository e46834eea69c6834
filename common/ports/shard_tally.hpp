#pragma once

#include <cstdint>
#include <optional>

#include "common/core/state_dict.hpp"
#include "common/ports/replay_port.hpp"

namespace dyna {

/// What one table of one shard has taken, over the shard's lives, from snapshots that may come
/// late, twice or out of order.
///
/// A restarted shard may count fewer rows than it once had: what was not durable is gone. The
/// steps behind those rows were taken all the same, so they stay in total(), which never falls.
class ShardTally {
 public:
  enum class News {
    kStale,    ///< older than what is known: ignored
    kUpdate,   ///< of the life that is known
    kNewLife,  ///< the first of the shard at all or of a new life
  };
  News Update(const TableCounters& counters);

  bool known() const noexcept { return known_; }
  /// The newest snapshot.
  const TableCounters& latest() const noexcept { return latest_; }
  /// Rows that earlier lives took and the present one does not have.
  std::uint64_t lost() const noexcept { return lost_; }
  std::uint64_t total() const noexcept { return lost_ + latest_.inserted; }

  void Save(StateDict& state) const;
  void Load(const StateDict& state);

 private:
  bool known_ = false;
  TableCounters latest_ = {.granted = 0};
  std::uint64_t lost_ = 0;
};

}  // namespace dyna
