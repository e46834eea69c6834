#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/net/context.hpp"
#include "common/ports/remote/remote_shard.hpp"

namespace dyna::chaos {

/// A client of one life of the shard that grants it rows, as a learner does, and reads its table.
class Overseer {
 public:
  /// `window`: how many rows more than it has the shard may take at any time.
  Overseer(std::uint16_t port, std::uint64_t life, std::uint64_t window);

  /// Nothing while the shard has not answered.
  std::optional<TableCounters> Counters();
  /// Grants what is due.
  void Turn();
  /// The next rows of the table, oldest first, added to `table`; true when that was the last.
  bool Read(std::vector<TransitionBatch>& table);

 private:
  std::uint64_t window_;
  net::Context context_;
  std::unique_ptr<RemoteShard> shard_;
  std::uint64_t cursor_ = 0;
};

}  // namespace dyna::chaos
