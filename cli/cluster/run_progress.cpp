#include "cli/cluster/run_progress.hpp"

#include <cmath>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <utility>
#include <vector>

namespace dyna::cli {
namespace {

// Columns of progress.csv.
constexpr std::size_t kEnvSteps = 0;
constexpr std::size_t kWallSeconds = 1;
constexpr std::size_t kUpdates = 2;
constexpr std::size_t kReturnMean = 6;
constexpr std::size_t kReturnStd = 7;

std::int64_t Whole(double value) { return std::isnan(value) ? 0 : std::llround(value); }

}  // namespace

RunProgress::RunProgress(std::filesystem::path csv, std::int64_t steps)
    : csv_(std::move(csv)),
      view_(telemetry::ProgressView::ForStderr()),
      started_(std::chrono::steady_clock::now()) {
  progress_.steps = steps;
  std::error_code error;  // rows of an earlier session were shown by it
  const auto bytes = std::filesystem::file_size(csv_, error);
  if (!error) read_ = bytes;
}

void RunProgress::Show(const std::optional<watch::Scrape>& learner) {
  PrintNewRows();
  if (!learner) return;
  const double now =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  progress_.step = Whole(learner->at("dyna_learner_replay_items{table=\"real\"}"));
  progress_.updates = Whole(learner->at("dyna_learner_updates_total"));
  progress_.wall_seconds = now;
  if (now - rate_since_ > 2.0) {
    progress_.steps_per_second =
        static_cast<double>(progress_.step - rate_from_) / (now - rate_since_);
    rate_since_ = now;
    rate_from_ = progress_.step;
  }
  view_.Update(progress_, now);
}

void RunProgress::PrintNewRows() {
  std::ifstream file(csv_);
  if (!file) return;
  std::ostringstream all;
  all << file.rdbuf();
  const std::string text = all.str();
  if (text.size() < read_) read_ = 0;  // a learner that came back has cut it
  while (true) {
    const auto end = text.find('\n', read_);
    if (end == std::string::npos) return;
    if (read_ > 0) PrintRow(text.substr(read_, end - read_));  // the first line has the names
    read_ = end + 1;
  }
}

void RunProgress::PrintRow(const std::string& row) {
  std::vector<double> cells;
  std::istringstream stream(row);
  for (std::string cell; std::getline(stream, cell, ',');) {
    cells.push_back(std::strtod(cell.c_str(), nullptr));
  }
  if (cells.size() <= kReturnStd) return;
  progress_.eval_return = cells[kReturnMean];
  char text[160];
  std::snprintf(text, sizeof text, "step %9.0f  return %9.2f +- %-7.2f  updates %8.0f  %s",
                cells[kEnvSteps], cells[kReturnMean], cells[kReturnStd], cells[kUpdates],
                telemetry::ClockText(cells[kWallSeconds]).c_str());
  view_.Print(text);
}

}  // namespace dyna::cli
