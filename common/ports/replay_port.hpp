#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/core/error.hpp"
#include "common/core/transition_batch.hpp"

namespace dyna {

/// Table names every role knows.
inline constexpr const char* kRealTable = "real";
inline constexpr const char* kSyntheticTable = "synthetic";

struct SampleRequest {
  std::string table = {};
  std::int64_t rows = 0;
  bool prioritized = false;      ///< by the table's sum tree; else uniform with replacement
  double importance_beta = 0.0;  ///< prioritized only: exponent of the importance weights
  /// False for reads that are not learning (start states, diagnostics): they neither wait for
  /// nor count against the table's samples-per-insert limit.
  bool limited = true;
};

/// Rows drawn from a table.
struct SampleBatch {
  TransitionBatch rows = {};
  std::vector<std::uint64_t> ids = {};  ///< [B] row ids for UpdatePriorities
  FloatVector weights = {};             ///< [B] importance weights, max 1; all 1 if uniform
};

/// Rows read in order of insertion.
struct ReadBatch {
  TransitionBatch rows = {};
  std::uint64_t next_cursor = 0;  ///< pass it to the next read
  std::uint64_t rows_missed = 0;  ///< rows evicted before they could be read
};

struct TableCounters {
  std::int64_t size = 0;  ///< rows held now
  std::int64_t capacity = 0;
  std::uint64_t inserted = 0;  ///< rows ever appended; also the id of the next row
  std::uint64_t sampled = 0;   ///< rows ever handed out under the limit
  std::uint64_t evicted_capacity = 0;
  std::uint64_t evicted_stale = 0;  ///< rows dropped because their model version was too old
};

/// How any role reaches replay: in the same process or over the network.
/// kBackpressure means a limit says wait; nothing changed.
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
  virtual Result<TableCounters> Counters(const std::string& table) = 0;
};

}  // namespace dyna
