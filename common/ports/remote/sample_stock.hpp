#pragma once

#include <cstdint>
#include <deque>

#include "common/core/error.hpp"
#include "common/ports/replay_port.hpp"

namespace dyna {

/// Uniformly drawn rows of one table of one shard that have arrived and wait to be used, so that an
/// update never waits for the network. Since every row is drawn independently of the others, any n
/// of them are a uniform sample of n.
///
/// They are a little older than if they were drawn now: how much is bounded by the stock, a few
/// batches of whoever uses it.
class SampleStock {
 public:
  /// Rows that one request should bring; grows with what is asked for.
  std::int64_t request_rows() const noexcept;
  /// Whether another request is due, with `under_way` rows asked for and not arrived.
  bool wants_more(std::int64_t under_way) const noexcept {
    return largest_ > 0 && rows_ + under_way < 2 * request_rows();
  }

  void Add(SampleBatch batch);
  /// Exactly `rows` rows, or kTimeout while there are fewer.
  Result<SampleBatch> Take(std::int64_t rows);
  /// Rows of models below `version_min` are not to be learned from any more, whether they are here
  /// or still to come: they may have been drawn before the shard was told.
  void DropOlderThan(std::uint64_t version_min);
  void Clear();

  std::int64_t rows() const noexcept { return rows_; }

 private:
  struct Lot {
    SampleBatch batch = {};
    std::int64_t used = 0;
  };

  std::deque<Lot> lots_;
  std::int64_t rows_ = 0;
  std::int64_t largest_ = 0;  ///< Take() so far
  std::uint64_t version_min_ = 0;
};

}  // namespace dyna
