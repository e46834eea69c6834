#include "tests/chaos/ledger.hpp"

#include <algorithm>

namespace dyna::chaos {
namespace {

constexpr std::size_t kViolationsSaid = 10;

class Findings {
 public:
  void Add(const std::string& what) {
    if (found.violations.size() < kViolationsSaid) found.violations.push_back(what);
  }
  Ledger::Found found;
};

}  // namespace

std::uint64_t Ledger::rows_acked() const {
  std::uint64_t rows = 0;
  for (const auto& [key, account] : accounts_) rows += account.acked;
  return rows;
}

std::uint64_t Ledger::rows_sent() const {
  std::uint64_t rows = 0;
  for (const auto& [key, account] : accounts_) rows += account.sent;
  return rows;
}

Ledger::Found Ledger::Check(std::span<const TransitionBatch> table,
                            const TableCounters& counters) const {
  Findings out;
  struct Seen {
    std::uint64_t next = 0;
    std::vector<bool> rows = {};
  };
  std::map<Key, Seen> seen;
  std::map<std::uint32_t, std::uint64_t> newest;  // epoch seen of each producer
  for (const TransitionBatch& rows : table) {
    for (std::int64_t row = 0; row < rows.size(); ++row) {
      ++out.found.rows;
      const RowName name = NameOf(rows, row);
      const auto account = accounts_.find({name.producer, name.epoch});
      if (account == accounts_.end() || name.seq >= account->second.sent || !IsAsMade(rows, row)) {
        ++out.found.corrupt;
        out.Add(name.text() + " was never sent like that");
        continue;
      }
      Seen& of = seen[{name.producer, name.epoch}];
      of.rows.resize(account->second.sent);
      if (of.rows[name.seq]) {
        ++out.found.doubled;
        out.Add(name.text() + " is there twice");
      } else if (name.seq != of.next) {
        out.Add(name.text() + " comes where row " + std::to_string(of.next) + " should");
      }
      of.rows[name.seq] = true;
      of.next = name.seq + 1;
      std::uint64_t& epoch = newest[name.producer];
      if (name.epoch < epoch) {
        out.Add(name.text() + " was taken after rows of epoch " + std::to_string(epoch));
      }
      epoch = std::max(epoch, name.epoch);
    }
  }
  for (const auto& [key, account] : accounts_) {
    Seen& of = seen[key];
    of.rows.resize(account.sent);
    const auto acked_end = of.rows.begin() + static_cast<std::ptrdiff_t>(account.acked);
    const auto there = std::count(of.rows.begin(), acked_end, true);
    const std::uint64_t lost = account.acked - static_cast<std::uint64_t>(there);
    const auto hole = std::find(of.rows.begin(), of.rows.end(), false) - of.rows.begin();
    const RowName first{
        .producer = key.first, .epoch = key.second, .seq = static_cast<std::uint64_t>(hole)};
    out.found.lost += lost;
    if (lost > 0) {
      out.Add(std::to_string(lost) + " acknowledged rows are lost, the first is " + first.text());
    } else if (first.seq != 0 && !account.batches.contains(first.seq)) {
      out.Add(first.text() + " is missing: its append is there in part");
    }
  }
  if (counters.inserted != out.found.rows) {
    out.Add("the shard counts " + std::to_string(counters.inserted) + " rows and holds " +
            std::to_string(out.found.rows));
  }
  return out.found;
}

std::string Ledger::Found::text() const {
  std::string text = std::to_string(rows) + " rows, " + std::to_string(lost) + " lost, " +
                     std::to_string(doubled) + " doubled, " + std::to_string(corrupt) + " corrupt";
  for (const std::string& violation : violations) text += "\n  " + violation;
  return text;
}

}  // namespace dyna::chaos
