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
  std::map<Key, std::uint64_t> next;              // row expected of each
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
      std::uint64_t& expected = next[{name.producer, name.epoch}];
      if (name.seq < expected) {
        ++out.found.doubled;
        out.Add(name.text() + " is there twice");
      } else if (name.seq > expected) {
        out.Add(name.text() + " comes before row " + std::to_string(expected));
      }
      expected = std::max(expected, name.seq + 1);
      std::uint64_t& epoch = newest[name.producer];
      if (name.epoch < epoch) {
        out.Add(name.text() + " was taken after rows of epoch " + std::to_string(epoch));
      }
      epoch = std::max(epoch, name.epoch);
    }
  }
  for (const auto& [key, account] : accounts_) {
    const std::uint64_t there = next[key];
    const RowName end{.producer = key.first, .epoch = key.second, .seq = there};
    if (there < account.acked) {
      out.found.lost += account.acked - there;
      out.Add(end.text() + " and more up to " + std::to_string(account.acked) +
              " were acknowledged and are lost");
    } else if (there != 0 && !account.batches.contains(there)) {
      out.Add(end.text() + " is missing: its append is there in part");
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
