#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/core/rng.hpp"
#include "common/core/state_dict.hpp"
#include "common/ports/replay_port.hpp"
#include "replay/allowance.hpp"
#include "replay/column_ring.hpp"
#include "replay/rate_limiter.hpp"
#include "replay/sampler.hpp"

namespace dyna::replay {

struct TableOptions {
  std::int64_t capacity = 1'000'000;
  TransitionShape shape = {};
  bool prioritized = false;     ///< keep a sum tree, so that prioritized samples are possible
  double priority_alpha = 0.6;  ///< in [0, 1] (Schaul et al. 2016, proportional variant)
  RateLimiter::Options limiter = {};
  bool granted = false;  ///< takes no row that the learner has not granted; see Allowance

  /// ConfigError naming `table`, key, value and what is allowed.
  void Check(const std::string& table) const;
};

/// One named table: rows, samplers, limits and random stream. Owned by a ReplayShard, which
/// passes in the one thing a table does not know: how many rows its driver table took.
/// Operations are those of ReplayPort.
class Table {
 public:
  /// ConfigError if the options do not pass Check().
  Table(std::string name, const TableOptions& options, std::uint64_t seed);

  Status Append(const TransitionBatch& rows, std::uint64_t driver_inserted);
  Result<SampleBatch> Sample(const SampleRequest& request);
  Result<ReadBatch> ReadSince(std::uint64_t cursor, std::int64_t rows_max) const;
  Status UpdatePriorities(const std::vector<std::uint64_t>& ids,
                          const std::vector<double>& priorities);
  Status SetCapacity(std::int64_t capacity);
  Status Grant(const GrantOrder& order);
  void EvictStale(std::uint64_t version_min) { ring_.EvictStale(version_min, indexing()); }
  TableCounters Counters() const;

  const std::string& driver() const noexcept { return limiter_.options().driver; }
  std::uint64_t inserted() const noexcept { return ring_.next_id(); }

  void Save(StateDict& state) const;
  /// On a new table with the options of the saved one. Throws CheckpointError.
  void Load(const StateDict& state, std::uint64_t driver_inserted);
  /// Ends a restoration by appends: what was taken so far is of an earlier life, and more needs a
  /// grant.
  void EndRestoration() noexcept;
  /// Rows ever appended, read from a saved table.
  static std::uint64_t SavedInserted(const StateDict& state);

 private:
  /// The sampler that must hear of every row.
  Sampler& indexing() noexcept { return prioritized_ ? *prioritized_ : *uniform_; }
  Status Validate(const TransitionBatch& rows) const;
  Status Validate(const SampleRequest& request) const;
  Error Wrong(const std::string& what) const;
  Error Named(const Error& error) const;

  std::string name_;
  ColumnRing ring_;
  std::unique_ptr<Sampler> uniform_;
  std::unique_ptr<Sampler> prioritized_;  ///< null unless options.prioritized
  RateLimiter limiter_;
  Allowance allowance_;
  std::uint64_t restored_ = 0;  ///< inserted() when this life began
  Rng rng_;
};

}  // namespace dyna::replay
