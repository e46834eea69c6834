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
/// lost on the way, never exceed the greatest `allowed` that Orders() was given, because
///   sum over shards of  lost + max(inserted, granted, order under way)  <=  allowed
/// A shard has one order under way at most and takes it at most once (GrantOrder). What is taken
/// back from one shard is free for another only when the first has confirmed.
///
/// Shares. `rest` is what the shards that answer may still take together. Each has an even share
/// of it as its target; one shard at a time has the *turn*, and a target that covers what it
/// wants. An append that was refused for want of a grant shows as `wanted` in the counters, and
/// gets its shard the turn, one shard after another. Grants rise to the target when half is used;
/// they are lowered to it only if the turn needs that. A turn ends when the rows it was for came,
/// or were not sent for `patience_calls` calls after they could have been.
///
/// Progress. So as long as orders and counters get through, any append of at most
/// `append_rows_max` rows is let in once  allowed - inserted  has room for it, even if every row
/// goes to one shard of many.
///
/// Start. A learner that starts cannot know what the one before it granted since its last
/// checkpoint, nor what that one had under way. So it grants nothing until every shard that it
/// knows, from Load() or since, has answered and confirmed an order that changes nothing, which
/// voids all older ones. Therefore Save() it whenever size() has grown, before orders are sent.
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
  /// Shards ever heard of.
  std::size_t size() const noexcept { return accounts_.size(); }
  /// What must be said of waits that only the operator can end; empty if there are none.
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

    /// How far `inserted` can go.
    std::uint64_t bound() const noexcept;
    /// Rows that it can still take, and may have taken meanwhile.
    std::int64_t spare() const noexcept;
    /// Makes an order that leaves it `spare` more rows than it is known to have.
    void OrderSpare(std::int64_t spare) noexcept;
    /// Orders towards a spare of `target`; how much of the `free` rows that took.
    std::int64_t Aim(std::int64_t target, std::int64_t free, bool take_back) noexcept;
  };
  struct Turn {
    ShardTag shard = 0;
    std::uint64_t wanted = 0;  ///< it lasts until so many rows are inserted
    std::int64_t calls_left = 0;
  };

  bool Fence();
  bool Wants(const Account& account) const noexcept;
  void PassTurn();
  void Share(std::uint64_t allowed, std::int64_t shards);

  std::uint64_t append_rows_max_;
  std::int64_t patience_calls_;
  std::map<ShardTag, Account> accounts_;
  Turn turn_ = {};  ///< over if no calls are left
};

}  // namespace dyna::learner
