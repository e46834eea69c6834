#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "common/core/error.hpp"
#include "common/core/transition_batch.hpp"

namespace dyna {

/// Table names every role knows.
inline constexpr const char* kRealTable = "real";
inline constexpr const char* kSyntheticTable = "synthetic";
/// Rows one request may ask for: a peer must not make us allocate without bound.
inline constexpr std::int64_t kRequestRowsMax = 1 << 20;

struct SampleRequest {
  std::string table = {};
  std::int64_t rows = 0;
  bool prioritized = false;      ///< by the table's sum tree; else uniform with replacement
  double importance_beta = 0.0;  ///< prioritized only: exponent of the importance weights
  /// False for reads that are not learning (start states, diagnostics): they neither wait for
  /// nor count against the table's samples-per-insert limit.
  bool limited = true;
  bool operator==(const SampleRequest&) const = default;
};

/// Rows drawn from a table.
struct SampleBatch {
  TransitionBatch rows = {};
  std::vector<std::uint64_t> ids = {};  ///< [B] row ids for UpdatePriorities
  FloatVector weights = {};             ///< [B] importance weights, max 1; all 1 if uniform
  // Prioritized only. They tie batches of several tables together: a row of weight w was drawn
  // with probability  priority_min * w^(-1/beta) / priority_total.
  double priority_min = 0.0;    ///< smallest priority^alpha among the rows
  double priority_total = 0.0;  ///< sum of priority^alpha over the table when it drew
};

/// Rows read in order of insertion.
struct ReadBatch {
  TransitionBatch rows = {};
  std::uint64_t next_cursor = 0;  ///< pass it to the next read
  std::uint64_t rows_missed = 0;  ///< rows evicted before they could be read
};

/// No grant was ever asked for: rows may be appended without end.
inline constexpr std::uint64_t kRowsUnlimited = std::numeric_limits<std::uint64_t>::max();

/// A snapshot of one table's counts.
struct TableCounters {
  std::int64_t size = 0;  ///< rows held now
  std::int64_t capacity = 0;
  std::uint64_t inserted = 0;  ///< rows ever appended; also the id of the next row
  std::uint64_t sampled = 0;   ///< rows ever handed out under the limit
  std::uint64_t evicted_capacity = 0;
  std::uint64_t evicted_stale = 0;  ///< rows dropped because their model version was too old
  double priority_total = 0.0;      ///< sum of priority^alpha; 0 if the table is not prioritized

  /// Which life of the shard counts; a restart is a greater one. Counts above may have fallen.
  std::uint64_t incarnation = 0;
  std::uint64_t restored = 0;  ///< `inserted` when this life began
  std::uint64_t grants = 0;    ///< grant orders taken in this life; the next one must name it
  std::uint64_t granted = kRowsUnlimited;  ///< how far `inserted` may go
  /// How far `inserted` would have gone with the last append that was refused for want of a
  /// grant; 0 if none is waiting.
  std::uint64_t wanted = 0;

  bool operator==(const TableCounters&) const = default;
};

/// Sets how many rows a table may have taken in all; fewer than it has means: no more.
///
/// Orders carry what they were based on, so that one that was delayed, repeated, sent by a
/// replaced learner or meant for an earlier life of the shard does nothing. A grant may
/// therefore be lowered as safely as raised, and sent again until the counters show it.
struct GrantOrder {
  std::uint64_t incarnation = 0;
  std::uint64_t grants = 0;  ///< as the table counted them when the order was made
  std::uint64_t inserted_max = 0;
  bool operator==(const GrantOrder&) const = default;
};

/// How any role reaches replay: in the same process or over the network.
/// kBackpressure means a limit says wait; nothing changed. kTimeout means that nobody can say
/// whether the request took effect.
class ReplayPort {
 public:
  virtual ~ReplayPort() = default;
  /// All rows or none. A batch of another shape or with a non-finite row is kInvalidArgument.
  virtual Status Append(const std::string& table, const TransitionBatch& rows) = 0;
  virtual Result<SampleBatch> Sample(const SampleRequest& request) = 0;
  /// Rows with id >= cursor, oldest first, at most rows_max; never limited.
  virtual Result<ReadBatch> ReadSince(const std::string& table, std::uint64_t cursor,
                                      std::int64_t rows_max) = 0;
  /// Ids no longer held are ignored.
  virtual Status UpdatePriorities(const std::string& table, const std::vector<std::uint64_t>& ids,
                                  const std::vector<double>& priorities) = 0;
  /// Changes how many rows the table keeps; the oldest go first.
  virtual Status SetCapacity(const std::string& table, std::int64_t capacity) = 0;
  /// Drops rows whose model_version is below `version_min`.
  virtual Status EvictStale(const std::string& table, std::uint64_t version_min) = 0;
  /// kVersionMismatch, and no change, if the order is not based on the table's present counts.
  virtual Status Grant(const std::string& table, const GrantOrder& order) = 0;
  virtual Result<TableCounters> Counters(const std::string& table) = 0;
};

}  // namespace dyna
