#include "learner/pacing/pacer.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "common/core/check.hpp"

namespace dyna::learner {
namespace {

constexpr std::int64_t kRowsMax = 1'000'000'000'000;
/// Lets 3 / 0.1 be 30.
constexpr double kRatioRounding = 1e-6;

const Pacer::Options& Checked(const Pacer::Options& options) {
  options.Check();
  return options;
}

/// Whole rows, from a ratio of counts.
std::uint64_t Rows(double rows) {
  return static_cast<std::uint64_t>(std::max(0.0, std::floor(rows + kRatioRounding)));
}

void RequireSlack(const char* key, std::int64_t slack, std::int64_t least, const char* why) {
  if (slack >= least && slack <= kRowsMax) return;
  throw ConfigError(std::string(key) + " = " + std::to_string(slack) + " is not in [" +
                    std::to_string(least) + ", " + std::to_string(kRowsMax) + "]: " + why);
}

}  // namespace

Pacer::Options Pacer::Options::From(Config& config, Options derived) {
  Options options = derived;
  options.real_slack = config.GetInt("pacing.real_slack", derived.real_slack, 1, kRowsMax);
  if (options.synthetic_per_real > 0.0) {
    options.synthetic_slack =
        config.GetInt("pacing.synthetic_slack", derived.synthetic_slack, 1, kRowsMax);
  }
  return options;
}

void Pacer::Options::Check() const {
  const auto positive = [](double value) { return std::isfinite(value) && value > 0.0; };
  if (!positive(updates_per_step)) {
    throw ConfigError("learner.updates_per_step = " + std::to_string(updates_per_step) +
                      " is not a number above 0");
  }
  // Between two updates lie up to 1 / updates_per_step rows, rounded up.
  const auto between = static_cast<std::int64_t>(std::ceil(1.0 / updates_per_step));
  RequireSlack("pacing.real_slack", real_slack, real_append_rows_max + between,
               "actors could not append enough for the next update");
  if (synthetic_per_real == 0.0) return;
  if (!positive(synthetic_per_real)) {
    throw ConfigError("synthetic rows per real row = " + std::to_string(synthetic_per_real) +
                      " is not a number >= 0");
  }
  RequireSlack("pacing.synthetic_slack", synthetic_slack, synthetic_append_rows_max,
               "imagination could not append a batch");
}

Pacer::Pacer(const Options& options)
    : options_(Checked(options)),
      real_(options.real_append_rows_max, options.patience_calls),
      synthetic_(options.synthetic_append_rows_max, options.patience_calls) {}

void Pacer::OnReport(const std::string& table, ShardTag shard, const TableCounters& counters) {
  ledger(table).OnReport(shard, counters);
}

void Pacer::OnSilence(ShardTag shard) {
  real_.OnSilence(shard);
  synthetic_.OnSilence(shard);
}

std::uint64_t Pacer::allowed(const std::string& table, std::int64_t updates) const {
  if (table == kRealTable) {
    const double earned = static_cast<double>(updates) / options_.updates_per_step;
    const auto paced =
        Rows(earned + static_cast<double>(options_.learning_starts + options_.real_slack));
    return std::min(paced, static_cast<std::uint64_t>(options_.real_rows_max));
  }
  if (options_.synthetic_per_real == 0.0) return 0;
  const double counted =
      static_cast<double>(real_.inserted()) - static_cast<double>(options_.synthetic_skipped);
  return Rows(options_.synthetic_per_real * std::max(0.0, counted) +
              static_cast<double>(options_.synthetic_slack));
}

std::vector<Pacer::Order> Pacer::Orders(std::int64_t updates) {
  std::vector<Order> orders;
  for (const char* table : {kRealTable, kSyntheticTable}) {
    for (const GrantLedger::Order& order : ledger(table).Orders(allowed(table, updates))) {
      orders.push_back({.table = table, .shard = order.shard, .grant = order.grant});
    }
  }
  return orders;
}

std::vector<std::string> Pacer::Complaints() const {
  std::vector<std::string> complaints;
  for (const char* table : {kRealTable, kSyntheticTable}) {
    for (const std::string& complaint : ledger(table).Complaints()) {
      complaints.push_back("replay table '" + std::string(table) + "': " + complaint);
    }
  }
  return complaints;
}

GrantLedger& Pacer::ledger(const std::string& table) {
  DYNA_CHECK_MSG(table == kRealTable || table == kSyntheticTable, "table '" << table << "'");
  return table == kRealTable ? real_ : synthetic_;
}

const GrantLedger& Pacer::ledger(const std::string& table) const {
  DYNA_CHECK_MSG(table == kRealTable || table == kSyntheticTable, "table '" << table << "'");
  return table == kRealTable ? real_ : synthetic_;
}

void Pacer::Save(StateDict& state) const {
  for (const char* table : {kRealTable, kSyntheticTable}) {
    StateDict part;
    ledger(table).Save(part);
    state.Merge(std::string(table) + "/", std::move(part));
  }
}

void Pacer::Load(const StateDict& state) {
  real_.Load(state.Sub(std::string(kRealTable) + "/"));
  synthetic_.Load(state.Sub(std::string(kSyntheticTable) + "/"));
}

}  // namespace dyna::learner
