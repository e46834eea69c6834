#include "replay/replay_shard.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <utility>

namespace dyna::replay {
namespace {

/// Rows a table takes before its first sample, at least; infinite if nothing stops it.
double RowsBeforeSampling(const RateLimiter::Options& limiter) {
  if (!limiter.inserts_slack.has_value()) return HUGE_VAL;
  return static_cast<double>(limiter.min_size_to_sample);
}

/// A driven table that needs more rows than its driver can earn before the driver waits for a
/// learner, who waits for the driven table, would stop all three.
void CheckDriver(const std::string& table, const ReplayShard::Options& options) {
  const RateLimiter::Options& limiter = options.tables.at(table).limiter;
  if (limiter.driver.empty()) return;
  const auto driver = options.tables.find(limiter.driver);
  if (driver == options.tables.end()) {
    throw ConfigError("replay table '" + table + "': driver = '" + limiter.driver +
                      "' is not a table");
  }
  const RateLimiter::Options& driving = driver->second.limiter;
  if (!driving.driver.empty()) {
    throw ConfigError("replay table '" + table + "': driver = '" + limiter.driver +
                      "' is itself driven by '" + driving.driver + "'");
  }
  const double driver_rows =
      RowsBeforeSampling(driving) - static_cast<double>(limiter.driver_rows_skipped);
  const double earned =
      limiter.rows_per_driver_row * std::max(0.0, driver_rows) + limiter.driver_slack;
  if (earned < static_cast<double>(limiter.min_size_to_sample)) {
    std::ostringstream out;
    out << "replay table '" << table << "': min_size_to_sample = " << limiter.min_size_to_sample
        << " is more than the " << earned << " rows that the first " << RowsBeforeSampling(driving)
        << " rows of '" << limiter.driver << "' allow, after which '" << limiter.driver
        << "' waits for samples";
    throw ConfigError(out.str());
  }
}

}  // namespace

ReplayShard::ReplayShard(Options options, std::uint64_t seed)
    : options_(std::move(options)), seed_(seed), tables_(MakeTables()) {
  for (const auto& [name, table] : options_.tables) CheckDriver(name, options_);
}

ReplayShard::Tables ReplayShard::MakeTables() const {
  Tables tables;
  for (const auto& [name, options] : options_.tables) {
    tables.emplace(name, std::make_unique<Table>(name, options, seed_));
  }
  return tables;
}

Status ReplayShard::Append(const std::string& table, const TransitionBatch& rows) {
  Table* const found = Find(table);
  if (found == nullptr) return Unknown(table);
  const bool driven = !found->driver().empty();
  return found->Append(rows, driven ? tables_.at(found->driver())->inserted() : 0);
}

Result<SampleBatch> ReplayShard::Sample(const SampleRequest& request) {
  Table* const found = Find(request.table);
  if (found == nullptr) return Unknown(request.table);
  return found->Sample(request);
}

Result<ReadBatch> ReplayShard::ReadSince(const std::string& table, std::uint64_t cursor,
                                         std::int64_t rows_max) const {
  const Table* const found = Find(table);
  if (found == nullptr) return Unknown(table);
  return found->ReadSince(cursor, rows_max);
}

Status ReplayShard::UpdatePriorities(const std::string& table,
                                     const std::vector<std::uint64_t>& ids,
                                     const std::vector<double>& priorities) {
  Table* const found = Find(table);
  if (found == nullptr) return Unknown(table);
  return found->UpdatePriorities(ids, priorities);
}

Status ReplayShard::SetCapacity(const std::string& table, std::int64_t capacity) {
  Table* const found = Find(table);
  if (found == nullptr) return Unknown(table);
  return found->SetCapacity(capacity);
}

Status ReplayShard::EvictStale(const std::string& table, std::uint64_t version_min) {
  Table* const found = Find(table);
  if (found == nullptr) return Unknown(table);
  found->EvictStale(version_min);
  return Done{};
}

Status ReplayShard::Grant(const std::string& table, const GrantOrder& order) {
  Table* const found = Find(table);
  if (found == nullptr) return Unknown(table);
  if (order.incarnation != options_.incarnation) {
    return Error{ErrorCode::kVersionMismatch,
                 "replay table '" + table + "': grant: an order for life " +
                     std::to_string(order.incarnation) + " of the shard, but this is life " +
                     std::to_string(options_.incarnation)};
  }
  return found->Grant(order);
}

Result<TableCounters> ReplayShard::Counters(const std::string& table) const {
  const Table* const found = Find(table);
  if (found == nullptr) return Unknown(table);
  TableCounters counters = found->Counters();
  counters.incarnation = options_.incarnation;
  return counters;
}

void ReplayShard::Save(StateDict& state) const {
  state.PutString("tables", Names());
  for (const auto& [name, table] : tables_) {
    StateDict inner;
    table->Save(inner);
    state.Merge(name + "/", std::move(inner));
  }
}

void ReplayShard::Load(const StateDict& state) {
  if (state.GetString("tables") != Names()) {
    throw CheckpointError("replay tables of the checkpoint are " + state.GetString("tables") +
                          ", not " + Names());
  }
  Tables loaded = MakeTables();
  for (const auto& [name, table] : loaded) {
    const bool driven = !table->driver().empty();
    const std::uint64_t driver_inserted =
        driven ? Table::SavedInserted(state.Sub(table->driver() + "/")) : 0;
    table->Load(state.Sub(name + "/"), driver_inserted);
  }
  tables_ = std::move(loaded);
}

void ReplayShard::SaveTable(const std::string& table, StateDict& state) const {
  tables_.at(table)->Save(state);
}

void ReplayShard::LoadTable(const std::string& table, const StateDict& state) {
  Tables made = MakeTables();
  DYNA_CHECK(made.at(table)->driver().empty());
  made.at(table)->Load(state, 0);
  tables_.at(table) = std::move(made.at(table));
}

void ReplayShard::EndRestoration() noexcept {
  for (auto& [name, options] : options_.tables) options.granted = true;
  for (const auto& [name, table] : tables_) table->EndRestoration();
}

Table* ReplayShard::Find(const std::string& table) const {
  const auto it = tables_.find(table);
  return it == tables_.end() ? nullptr : it->second.get();
}

Error ReplayShard::Unknown(const std::string& table) const {
  return {ErrorCode::kNotFound, "no replay table '" + table + "' among " + Names()};
}

std::string ReplayShard::Names() const {
  std::string names;
  for (const auto& [name, table] : tables_) names += (names.empty() ? "'" : ", '") + name + "'";
  return names;
}

}  // namespace dyna::replay
