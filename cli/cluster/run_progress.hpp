#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "common/telemetry/progress_view.hpp"
#include "common/watch/scrape.hpp"

namespace dyna::cli {

/// A cluster's progress as one line on the terminal, and a line for each new row of progress.csv.
class RunProgress {
 public:
  RunProgress(std::filesystem::path csv, std::int64_t steps);

  void Print(const std::string& line) { view_.Print(line); }
  /// `learner`: its metrics, or nothing while it does not answer.
  void Show(const std::optional<watch::Scrape>& learner);

 private:
  void PrintNewRows();
  void PrintRow(const std::string& row);

  std::filesystem::path csv_;
  telemetry::Progress progress_ = {};
  telemetry::ProgressView view_;
  std::chrono::steady_clock::time_point started_;
  std::size_t read_ = 0;  ///< bytes of the file that were shown
  double rate_since_ = 0.0;
  std::int64_t rate_from_ = 0;
};

}  // namespace dyna::cli
