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

std::int64_t GrantLedger::Account::spare() const noexcept {
  return static_cast<std::int64_t>(bound() - tally.latest().inserted);
}

void GrantLedger::Account::OrderSpare(std::int64_t spare) noexcept {
  under_way = tally.latest().inserted + static_cast<std::uint64_t>(spare);
}

std::int64_t GrantLedger::Account::Aim(std::int64_t target, std::int64_t free,
                                       bool take_back) noexcept {
  if (!answers || under_way) return 0;
  const std::int64_t has = spare();
  if (take_back && has > target) OrderSpare(target);
  const std::int64_t more = std::min(free, target - has);
  // Half used up, and a quarter to give: an order for every row would be a flood.
  if (more < 1 || 2 * has > target || 4 * more < target) return 0;
  OrderSpare(has + more);
  return more;
}

void GrantLedger::OnReport(ShardTag shard, const TableCounters& counters) {
  Account& account = accounts_[shard];
  const std::uint64_t grants = account.tally.latest().grants;
  switch (account.tally.Update(counters)) {
    case ShardTally::News::kStale:
      return;
    case ShardTally::News::kNewLife:
      // Orders to the old life are void, and only this learner has ever spoken to the new one,
      // unless it is the first that it hears of.
      account.under_way.reset();
      account.fenced = account.fenced || account.heard;
      if (turn_.shard == shard) turn_.calls_left = 0;
      break;
    case ShardTally::News::kUpdate:
      if (counters.grants > grants && account.under_way) {
        account.under_way.reset();
        // An order that was based on counters of after the other learner's end voids all of his.
        account.fenced = account.fenced || account.heard;
      }
      break;
  }
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
  const auto shards = std::count_if(accounts_.begin(), accounts_.end(),
                                    [](const auto& entry) { return entry.second.answers; });
  if (shards > 0 && Fence()) {
    PassTurn();
    Share(allowed, shards);
  }
  std::vector<Order> orders;
  for (const auto& [shard, account] : accounts_) {
    if (!account.answers || !account.under_way) continue;
    const TableCounters& latest = account.tally.latest();
    orders.push_back({.shard = shard,
                      .grant = {.incarnation = latest.incarnation,
                                .grants = latest.grants,
                                .inserted_max = *account.under_way}});
  }
  return orders;
}

/// True once no earlier learner's order can take effect any more.
bool GrantLedger::Fence() {
  bool all = true;
  for (auto& [shard, account] : accounts_) {
    if (account.fenced) continue;
    all = false;
    if (account.answers && !account.under_way) account.under_way = account.bound();
  }
  return all;
}

bool GrantLedger::Wants(const Account& account) const noexcept {
  const TableCounters& latest = account.tally.latest();
  return account.answers && latest.wanted > latest.inserted &&
         latest.wanted - latest.inserted <= append_rows_max_;
}

/// Goes on with the turn that is, or gives it to the next shard whose want is not met.
void GrantLedger::PassTurn() {
  if (const auto found = accounts_.find(turn_.shard); found != accounts_.end()) {
    const Account& holder = found->second;
    // Another batch may have been refused meanwhile.
    if (Wants(holder)) turn_.wanted = holder.tally.latest().wanted;
    if (!holder.under_way && holder.bound() >= turn_.wanted) --turn_.calls_left;
    const bool open = holder.answers && holder.tally.latest().inserted < turn_.wanted;
    if (open && turn_.calls_left > 0) return;
  }
  turn_.calls_left = 0;
  const auto take = [this](const auto& entry) {
    const auto& [shard, account] = entry;
    if (!Wants(account) || account.tally.latest().wanted <= account.bound()) return false;
    turn_ = {
        .shard = shard, .wanted = account.tally.latest().wanted, .calls_left = patience_calls_};
    return true;
  };
  const auto after = accounts_.upper_bound(turn_.shard);
  if (std::find_if(after, accounts_.end(), take) != accounts_.end()) return;
  (void)std::find_if(accounts_.begin(), after, take);
}

/// Orders towards the targets. `shards`: how many answer.
void GrantLedger::Share(std::uint64_t allowed, std::int64_t shards) {
  // Below 0 if a learner that came back from an old checkpoint allows less.
  auto free = static_cast<std::int64_t>(allowed) - static_cast<std::int64_t>(committed());
  std::int64_t rest = free;
  for (const auto& [shard, account] : accounts_) rest += account.answers ? account.spare() : 0;
  rest = std::max<std::int64_t>(0, rest);
  std::int64_t target = rest / shards;
  bool take_back = free < 0;

  Account* const holder = turn_.calls_left > 0 ? &accounts_.at(turn_.shard) : nullptr;
  if (holder != nullptr) {
    const auto need = static_cast<std::int64_t>(turn_.wanted - holder->tally.latest().inserted);
    const std::int64_t spare = holder->spare();
    const std::int64_t holders_target = std::min(rest, std::max(need, target));
    target = shards > 1 ? (rest - holders_target) / (shards - 1) : 0;
    // Nobody need stop for what would not be enough: new updates make room.
    take_back = take_back || (need - spare > free && need <= rest);
    if (!holder->under_way && need > spare && need - spare <= free) {
      holder->OrderSpare(std::min(holders_target, spare + free));
    }
    // Ordered yet or not, others must not get it.
    free -= std::max<std::int64_t>(0, holders_target - spare);
  }
  for (auto& [shard, account] : accounts_) {
    if (&account != holder) free -= account.Aim(target, free, take_back);
  }
}

std::vector<std::string> GrantLedger::Complaints() const {
  std::vector<std::string> complaints;
  for (const auto& [shard, account] : accounts_) {
    const TableCounters& latest = account.tally.latest();
    if (!account.fenced && !account.answers) {
      complaints.push_back("shard " + std::to_string(shard) +
                           " does not answer the learner that has started: nothing is granted");
    }
    if (latest.wanted <= latest.inserted + append_rows_max_) continue;
    complaints.push_back("shard " + std::to_string(shard) + " is asked to take " +
                         std::to_string(latest.wanted - latest.inserted) +
                         " rows at once, more than the " + std::to_string(append_rows_max_) +
                         " that can be granted");
  }
  return complaints;
}

void GrantLedger::Save(StateDict& state) const {
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
  accounts_.clear();
  turn_ = {};
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
