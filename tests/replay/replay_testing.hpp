#pragma once

#include <vector>

#include "common/core/rng.hpp"
#include "common/core/transition_batch.hpp"
#include "replay/replay_shard.hpp"
#include "replay/row_observer.hpp"

namespace dyna::replay {

inline constexpr TransitionShape kTestShape{.obs_columns = 3, .action_columns = 2};

/// One row all of whose values follow from `mark`, so that a torn or mixed-up row shows.
inline void FillRow(TransitionBatch& rows, std::int64_t row, int mark, std::uint64_t version) {
  const auto value = static_cast<float>(mark);
  for (std::int64_t column = 0; column < rows.obs.cols(); ++column) {
    rows.obs(row, column) = value + 0.125F * static_cast<float>(column);
    rows.next_obs(row, column) = -value - 0.125F * static_cast<float>(column);
  }
  for (std::int64_t column = 0; column < rows.action.cols(); ++column) {
    rows.action(row, column) = 2.0F * value + static_cast<float>(column);
  }
  rows.reward[row] = value;
  rows.terminated[row] = static_cast<float>(mark % 2);
  rows.truncated[row] = static_cast<float>(mark / 2 % 2);
  const auto number = static_cast<std::uint32_t>(mark);
  rows.provenance[static_cast<std::size_t>(row)] = {.episode = number + 1U,
                                                    .policy_version = number + 2U,
                                                    .model_version = version,
                                                    .producer = number + 3U,
                                                    .step = number + 4U,
                                                    .rollout_depth = number + 5U};
}

/// Rows marked first, first + 1, ..., all of one model version.
inline TransitionBatch MarkedRows(int first, std::int64_t count, std::uint64_t version = 0) {
  TransitionBatch rows = TransitionBatch::Zeros(count, kTestShape);
  for (std::int64_t row = 0; row < count; ++row) {
    FillRow(rows, row, first + static_cast<int>(row), version);
  }
  return rows;
}

inline int MarkOf(const TransitionBatch& rows, std::int64_t row) {
  return static_cast<int>(rows.reward[row]);
}

/// True iff every value of the row is the one its mark asks for.
inline bool RowIntact(const TransitionBatch& rows, std::int64_t row) {
  TransitionBatch expected = TransitionBatch::Zeros(1, rows.shape());
  const auto& provenance = rows.provenance[static_cast<std::size_t>(row)];
  FillRow(expected, 0, MarkOf(rows, row), provenance.model_version);
  return rows.obs.row(row) == expected.obs.row(0) &&
         rows.action.row(row) == expected.action.row(0) &&
         rows.next_obs.row(row) == expected.next_obs.row(0) &&
         rows.terminated[row] == expected.terminated[0] &&
         rows.truncated[row] == expected.truncated[0] && provenance == expected.provenance[0];
}

class NoObserver : public RowObserver {
 public:
  void OnAppend(std::int64_t /*slot*/) override {}
  void OnEvict(std::int64_t /*slot*/) override {}
  void OnRelayout(std::int64_t /*slots*/, std::span<const std::int64_t> /*old*/) override {}
};

/// A shard with one table, "t".
inline ReplayShard::Options OneTable(const TableOptions& options) {
  return {.tables = {{"t", options}}};
}

inline TableCounters CountersOf(const ReplayShard& shard, const std::string& table = "t") {
  return shard.Counters(table).value();
}

inline StateDict Saved(const ReplayShard& shard) {
  StateDict state;
  shard.Save(state);
  return state;
}

}  // namespace dyna::replay
