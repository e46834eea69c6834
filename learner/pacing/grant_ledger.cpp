#include "learner/pacing/grant_ledger.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace dyna::learner {

std::uint64_t GrantLedger::Account::bound() const noexcept {
  const TableCounters& latest = tally.latest();
  std::uint64_t rows = std::max(latest.inserted, under_way.value_or(0));
  // A table that never had a grant is bounded by the first order, which Fence() sends.
  if (latest.granted != kRowsUnlimited) rows = std::max(rows, latest.granted);
  return rows;
}

std::uint64_t GrantLedger::Account::coming_back() const noexcept {
  if (!under_way) return 0;
  return bound() - std::min(bound(), std::max(*under_way, tally.latest().inserted));
}

void GrantLedger::OnReport(ShardTag shard, const TableCounters& counters) {
  Account& account = accounts_[shard];
  const std::uint64_t grants = account.tally.latest().grants;
  const std::uint64_t inserted_before = account.tally.latest().inserted;
  switch (account.tally.Update(counters)) {
    case ShardTally::News::kStale:
      return;
    case ShardTally::News::kNewLife:
      // Orders to the old life are void, and only this learner has ever spoken to the new one,
      // unless the shard itself is new here.
      account.under_way.reset();
      break;
    case ShardTally::News::kUpdate:
      if (counters.grants > grants && account.under_way) {
        account.under_way.reset();
        // An order that was based on counters of after the other learner's end voids all of his.
        account.fenced = account.fenced || account.heard;
      }
      break;
  }
  if (counters.inserted != inserted_before) account.calls_kept = 0;
  account.heard = true;
  account.answers = true;
}

void GrantLedger::OnSilence(ShardTag shard) {
  if (const auto found = accounts_.find(shard); found != accounts_.end()) {
    found->second.answers = false;
  }
}

std::uint64_t GrantLedger::inserted() const noexcept {
  std::uint64_t rows = 0;
  for (const auto& [shard, account] : accounts_) rows += account.tally.total();
  return rows;
}

std::uint64_t GrantLedger::committed() const noexcept {
  std::uint64_t rows = 0;
  for (const auto& [shard, account] : accounts_) rows += account.tally.lost() + account.bound();
  return rows;
}

std::vector<GrantLedger::Order> GrantLedger::Orders(std::uint64_t allowed) {
  const auto answering = static_cast<std::uint64_t>(std::count_if(
      accounts_.begin(), accounts_.end(), [](auto& entry) { return entry.second.answers; }));
  if (answering > 0 && Fence()) {
    const std::uint64_t rows = inserted();
    const std::uint64_t share = allowed > rows ? (allowed - rows) / answering : 0;
    auto free = static_cast<std::int64_t>(allowed) - static_cast<std::int64_t>(committed());
    const auto unmet = MeetWants(free, share);
    if (free < 0) {  // a learner that came back from an old checkpoint allows less
      TakeBack(1, -free, accounts_.end());
    } else if (unmet != accounts_.end()) {
      const auto need =
          static_cast<std::int64_t>(unmet->second.tally.latest().wanted - unmet->second.bound());
      TakeBack(need - free, std::max(need, static_cast<std::int64_t>(share)) - free, unmet);
    } else {
      TopUp(free, share);
    }
  }
  std::vector<Order> orders;
  for (auto& [shard, account] : accounts_) {
    account.calls_kept = std::max<std::int64_t>(0, account.calls_kept - 1);
    if (!account.answers || !account.under_way) continue;
    const TableCounters& latest = account.tally.latest();
    orders.push_back({.shard = shard,
                      .grant = {.incarnation = latest.incarnation,
                                .grants = latest.grants,
                                .inserted_max = *account.under_way}});
  }
  return orders;
}

/// True once no earlier learner's order can take effect on a shard that answers.
bool GrantLedger::Fence() {
  bool all = true;
  for (auto& [shard, account] : accounts_) {
    if (!account.answers || account.fenced) continue;
    all = false;
    if (!account.under_way) account.under_way = account.bound();
  }
  return all;
}

bool GrantLedger::Wants(const Account& account) const noexcept {
  const TableCounters& latest = account.tally.latest();
  return account.answers && latest.wanted > account.bound() &&
         latest.wanted - latest.inserted <= append_rows_max_;
}

GrantLedger::Accounts::iterator GrantLedger::MeetWants(std::int64_t& free, std::uint64_t share) {
  std::vector<Accounts::iterator> turns;
  for (auto it = accounts_.lower_bound(turn_); it != accounts_.end(); ++it) turns.push_back(it);
  for (auto it = accounts_.begin(); it != accounts_.lower_bound(turn_); ++it) turns.push_back(it);
  for (const auto& it : turns) {
    Account& account = it->second;
    if (!Wants(account)) continue;
    const auto need = static_cast<std::int64_t>(account.tally.latest().wanted - account.bound());
    if (account.under_way || need > free) {
      turn_ = it->first;  // stays its turn: later, smaller wants must not eat up what gets free
      return it;
    }
    // Some more than it needs at once, so that its producers need not stop so soon again.
    const auto spare = static_cast<std::int64_t>(account.spare());
    const std::int64_t more =
        std::min(free, std::max(need, static_cast<std::int64_t>(share) - spare));
    account.under_way = account.bound() + static_cast<std::uint64_t>(more);
    account.calls_kept = patience_calls_;
    free -= more;
    turn_ = static_cast<ShardTag>(it->first + 1);
  }
  return accounts_.end();
}

void GrantLedger::TopUp(std::int64_t free, std::uint64_t share) {
  const auto full = static_cast<std::int64_t>(share);
  for (auto& [shard, account] : accounts_) {
    const auto spare = static_cast<std::int64_t>(account.spare());
    const std::int64_t more = std::min(free, full - spare);
    // Half used up, and a quarter to give: an order for every row would be a flood, and whoever
    // is stopped by less makes a want of it.
    if (!account.idle() || 2 * spare > full || more < 1 || 4 * more < full) continue;
    account.under_way = account.bound() + static_cast<std::uint64_t>(more);
    free -= more;
  }
}

void GrantLedger::TakeBack(std::int64_t least, std::int64_t most, Accounts::const_iterator except) {
  std::int64_t coming = 0;
  std::int64_t attainable = 0;
  std::vector<Account*> givers;
  for (auto it = accounts_.begin(); it != accounts_.end(); ++it) {
    if (Accounts::const_iterator(it) == except || !it->second.answers) continue;
    coming += static_cast<std::int64_t>(it->second.coming_back());
    if (!it->second.idle() || it->second.calls_kept > 0 || it->second.spare() == 0) continue;
    attainable += static_cast<std::int64_t>(it->second.spare());
    givers.push_back(&it->second);
  }
  // Enough is coming; or nobody need stop for what would not be enough: new updates make room.
  if (coming >= least || coming + attainable < least) return;
  std::int64_t rows = most - coming;
  // First from those who wait for nothing, from the richest on.
  std::sort(givers.begin(), givers.end(), [this](const Account* a, const Account* b) {
    return std::pair(Wants(*a), b->spare()) < std::pair(Wants(*b), a->spare());
  });
  for (Account* giver : givers) {
    const std::uint64_t back = std::min(static_cast<std::uint64_t>(rows), giver->spare());
    giver->under_way = giver->bound() - back;
    rows -= static_cast<std::int64_t>(back);
    if (rows == 0) break;
  }
}

std::vector<std::string> GrantLedger::Complaints() const {
  std::vector<std::string> complaints;
  for (const auto& [shard, account] : accounts_) {
    const TableCounters& latest = account.tally.latest();
    if (latest.wanted <= latest.inserted + append_rows_max_) continue;
    complaints.push_back("shard " + std::to_string(shard) + " is asked to take " +
                         std::to_string(latest.wanted - latest.inserted) +
                         " rows at once, more than the " + std::to_string(append_rows_max_) +
                         " that can be granted");
  }
  return complaints;
}

void GrantLedger::Save(StateDict& state) const {
  state.PutScalar<std::uint64_t>("turn", turn_);
  std::vector<std::uint64_t> shards;
  for (const auto& [shard, account] : accounts_) {
    shards.push_back(shard);
    StateDict part;
    account.tally.Save(part);
    part.Put("under_way", std::vector<std::uint64_t>{account.under_way ? 1U : 0U,
                                                     account.under_way.value_or(0)});
    state.Merge(std::to_string(shard) + "/", std::move(part));
  }
  state.Put("shards", shards);
}

void GrantLedger::Load(const StateDict& state) {
  turn_ = static_cast<ShardTag>(state.GetScalar<std::uint64_t>("turn"));
  accounts_.clear();
  for (const std::uint64_t shard : state.Get<std::uint64_t>("shards")) {
    const StateDict part = state.Sub(std::to_string(shard) + "/");
    Account& account = accounts_[static_cast<ShardTag>(shard)];
    account.tally.Load(part);
    std::array<std::uint64_t, 2> under_way{};
    part.GetInto("under_way", std::span<std::uint64_t>(under_way));
    if (under_way[0] != 0) account.under_way = under_way[1];
  }
}

}  // namespace dyna::learner
