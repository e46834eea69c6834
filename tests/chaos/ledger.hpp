#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "common/core/transition_batch.hpp"
#include "common/ports/replay_port.hpp"
#include "tests/chaos/made_rows.hpp"

namespace dyna::chaos {

/// What the producers of a run know: which rows they have sent and which the shard has promised to
/// keep. It outlives every one of them.
class Ledger {
 public:
  struct Account {
    std::uint64_t sent = 0;
    std::uint64_t acked = 0;               ///< rows below are durable, says the shard
    std::set<std::uint64_t> batches = {};  ///< where one append ended and the next began
  };
  /// Of (producer, epoch).
  Account& of(std::uint32_t producer, std::uint64_t epoch) { return accounts_[{producer, epoch}]; }
  std::uint64_t rows_acked() const;
  std::uint64_t rows_sent() const;

  struct Found {
    std::vector<std::string> violations = {};  ///< the first few; empty: all is as promised
    std::uint64_t rows = 0;
    std::uint64_t lost = 0;  ///< acknowledged and not there
    std::uint64_t doubled = 0;
    std::uint64_t corrupt = 0;  ///< other bits than were sent
    std::string text() const;
  };
  /// Promises P1 and P2 against the whole table as it was read back, oldest row first:
  ///   every acknowledged row is there, once, to the bit;
  ///   rows of one producer and epoch are in their order, without a gap;
  ///   an append is there as a whole or not at all;
  ///   no row of an older epoch comes after one of a newer.
  Found Check(std::span<const TransitionBatch> table, const TableCounters& counters) const;

 private:
  using Key = std::pair<std::uint32_t, std::uint64_t>;
  std::map<Key, Account> accounts_;
};

}  // namespace dyna::chaos
