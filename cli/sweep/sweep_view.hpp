#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "cli/sweep/seed_sweep.hpp"
#include "common/telemetry/progress_view.hpp"

namespace dyna::cli {

/// All runs of a sweep as one line on the terminal, and a line for each evaluation of any.
class SweepView {
 public:
  /// `steps`: real steps of each run.
  SweepView(const std::vector<SeedSweep::Run>& runs, std::int64_t steps);

  void Print(const std::string& line) { view_.Print(line); }
  /// Reads what the runs have written since the last call.
  void Show();
  /// "seed   return ...", a line for each run, and the mean over seeds of the newest returns.
  std::string Table() const;

 private:
  struct Seen {
    const SeedSweep::Run* run = nullptr;
    std::size_t rows = 0;  ///< of progress.csv
    std::int64_t step = 0;
    std::optional<double> newest_return = {};
  };

  std::vector<Seen> runs_;
  std::int64_t steps_;
  telemetry::ProgressView view_;
  std::chrono::steady_clock::time_point started_;
};

}  // namespace dyna::cli
