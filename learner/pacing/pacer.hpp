#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "common/config/config.hpp"
#include "common/core/state_dict.hpp"
#include "learner/pacing/grant_ledger.hpp"

namespace dyna::learner {

/// Keeps actors and imagination in step with the learner, over any number of shards (promise P4):
///
///   real rows       <=  learning_starts + updates / updates_per_step + real_slack
///   synthetic rows  <=  synthetic_per_real * (real rows - synthetic_skipped) + synthetic_slack
///
/// by telling each shard how many rows it may take (GrantLedger, which says how the bounds hold
/// whatever happens on the way). Owned by the learner's service: counters in, grant orders out;
/// knows no sockets and no clock. Without a learner nobody is granted more: all stop within the
/// slack, and say so.
class Pacer {
 public:
  struct Options {
    double updates_per_step = 1.0;
    std::int64_t learning_starts = 0;
    std::int64_t real_rows_max = std::numeric_limits<std::int64_t>::max();  ///< the run's length
    std::int64_t real_slack = 1000;      ///< rows that actors may run ahead of the learner
    double synthetic_per_real = 0.0;     ///< 0 = there is no synthetic table
    std::int64_t synthetic_skipped = 0;  ///< first real rows, which earn no synthetic ones
    std::int64_t synthetic_slack = 1000;
    std::int64_t real_append_rows_max = 1;  ///< largest batch that is appended at once
    std::int64_t synthetic_append_rows_max = 1;
    /// Calls of Orders() in which a producer that waits tries again, surely; see GrantLedger.
    std::int64_t patience_calls = 100;

    /// `derived`: all that follows from the rest of the config; reads pacing.real_slack and
    /// pacing.synthetic_slack, whose defaults are the derived ones.
    static Options From(Config& config, Options derived);
    /// ConfigError where a slack is too small for somebody ever to go on.
    void Check() const;
  };

  /// ConfigError if the options do not pass Check().
  explicit Pacer(const Options& options);

  /// Counters of kRealTable or kSyntheticTable of one shard, however old.
  void OnReport(const std::string& table, ShardTag shard, const TableCounters& counters);
  /// The shard does not answer.
  void OnSilence(ShardTag shard);

  struct Order {
    std::string table = {};
    ShardTag shard = 0;
    GrantOrder grant = {};
  };
  /// What to send now. Those that are still unconfirmed come again at every call: call it at
  /// steady intervals, as often as a lost one may be repeated. `updates`: done and forgone
  /// (UpdateLimit).
  std::vector<Order> Orders(std::int64_t updates);

  /// Rows that the table may have by now over all shards, and has as far as reported.
  std::uint64_t allowed(const std::string& table, std::int64_t updates) const;
  std::uint64_t inserted(const std::string& table) const { return ledger(table).inserted(); }
  /// Rows ahead of what is reported that were granted.
  std::uint64_t committed(const std::string& table) const { return ledger(table).committed(); }
  /// Waits that only the operator can end, in words.
  std::vector<std::string> Complaints() const;
  /// Tables of shards ever heard of. Save() whenever it has grown, before orders are sent: a
  /// learner that comes back must know of whom it has to hear first.
  std::size_t tables() const noexcept { return real_.size() + synthetic_.size(); }

  void Save(StateDict& state) const;
  void Load(const StateDict& state);

 private:
  const GrantLedger& ledger(const std::string& table) const;
  GrantLedger& ledger(const std::string& table);

  Options options_;
  GrantLedger real_;
  GrantLedger synthetic_;
};

}  // namespace dyna::learner
