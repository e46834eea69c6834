#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace dyna::watch {

/// Rows of a growing CSV file from a place on.
struct CsvRows {
  std::vector<std::vector<double>> rows = {};  ///< the wanted columns; NaN where there is no number
  std::uint64_t next = 0;                      ///< where to go on
  bool more = false;                           ///< there are whole rows after `next`
};

/// Complete rows from byte `from` on, which is 0 or the `next` of an earlier call: at most
/// `rows_max`. An empty answer if there is no such file, or if it has become shorter.
CsvRows ReadRows(const std::filesystem::path& path, const std::vector<std::string>& columns,
                 std::uint64_t from, std::size_t rows_max);

/// The learning curve in a run folder as an object of JSON, bounded to a few hundred kilobytes:
///   next         what to ask with as `since` next time
///   reset        what was sent earlier does not count: it is another curve
///   more         there is more already
///   evaluations  [real steps, mean return, its standard deviation, seconds, updates, holdout MSE]
///   episodes     [steps, return] of every training episode in the order of their ends
/// `since` is empty or the `next` of an earlier answer. `life` tells lives of the learner apart: a
/// new one may have cut the files.
std::string CurveJson(const std::filesystem::path& folder, const std::string& since,
                      std::uint64_t life);

}  // namespace dyna::watch
