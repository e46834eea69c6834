#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/core/state_dict.hpp"
#include "common/ports/replay_port.hpp"
#include "common/ports/row_id.hpp"
#include "common/ports/shard_tally.hpp"

namespace dyna::learner {

/// Divides the rows that one table may still take among its shards. Counts in, orders out: no
/// sockets, no clock, no randomness.
///
/// Bound. The rows that all shards can have taken, whatever is delayed, repeated, reordered or
/// lost on the way, never exceed the greatest `allowed` that Orders() was given:
///   sum over shards of  lost + max(inserted, granted, order under way)  <=  allowed
/// A shard has one order under way at most and takes it at most once (GrantOrder). What is taken
/// back from one shard is given to another only when the first has confirmed.
///
/// Progress. An append that was refused for want of a grant shows as `wanted` in the counters.
/// Wants are met in turn; the shard whose turn it is gets all that becomes free, and what other
/// shards have and do not use is taken back for it. So as long as orders and counters get
/// through, any append of at most `append_rows_max` rows is let in once  allowed - inserted  has
/// room for it, even if every row goes to one shard of many. What a want was met with is not
/// taken back before it was used, or Orders() has been called `patience_calls` times: its producer
/// must have had time to try again.
///
/// A learner that starts cannot know what the one before it had under way. It first gives every
/// shard that answers an order that changes nothing, which voids all older ones, and grants
/// nothing before these are confirmed.
class GrantLedger {
 public:
  struct Order {
    ShardTag shard = 0;
    GrantOrder grant = {};
  };

  /// `append_rows_max`: wants beyond it are not met, since they would stop everybody else.
  GrantLedger(std::int64_t append_rows_max, std::int64_t patience_calls)
      : append_rows_max_(static_cast<std::uint64_t>(append_rows_max)),
        patience_calls_(patience_calls) {}

  /// Counters of a shard, however old.
  void OnReport(ShardTag shard, const TableCounters& counters);
  /// The shard does not answer: it gets no orders, and keeps what it may have been granted.
  void OnSilence(ShardTag shard);

  /// Orders to send now, at most one per shard; those still under way come again at every call.
  std::vector<Order> Orders(std::uint64_t allowed);

  /// Rows ever taken, as far as reported.
  std::uint64_t inserted() const noexcept;
  /// Rows that may have been taken at most: the left side of the bound above.
  std::uint64_t committed() const noexcept;
  /// What must be said of wants that cannot be met; empty if there are none.
  std::vector<std::string> Complaints() const;

  void Save(StateDict& state) const;
  void Load(const StateDict& state);

 private:
  struct Account {
    ShardTally tally = {};
    bool heard = false;    ///< by this learner, not only by the one whose state was loaded
    bool answers = false;  ///< when it was last spoken to
    bool fenced = false;   ///< no order of an earlier learner can take effect any more
    std::optional<std::uint64_t> under_way = {};  ///< inserted_max of the order sent
    std::int64_t calls_kept = 0;                  ///< calls for which what it has is not taken back

    std::uint64_t bound() const noexcept;
    std::uint64_t spare() const noexcept { return bound() - tally.latest().inserted; }
    std::uint64_t coming_back() const noexcept;
    bool idle() const noexcept { return answers && !under_way; }
  };
  using Accounts = std::map<ShardTag, Account>;

  bool Fence();
  bool Wants(const Account& account) const noexcept;
  /// Meets wants; the shard whose want could not be met, if any.
  Accounts::iterator MeetWants(std::int64_t& free, std::uint64_t share);
  void TopUp(std::int64_t free, std::uint64_t share);
  /// Has up to `most` unused rows taken back from others than `except`, if that brings at least
  /// `least`.
  void TakeBack(std::int64_t least, std::int64_t most, Accounts::const_iterator except);

  std::uint64_t append_rows_max_;
  std::int64_t patience_calls_;
  Accounts accounts_;
  ShardTag turn_ = 0;  ///< whose want is met first
};

}  // namespace dyna::learner
