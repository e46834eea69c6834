#include "cli/sweep/sweep_view.hpp"

#include <cmath>
#include <cstdio>

#include "common/run/csv_table.hpp"

namespace dyna::cli {
namespace {

/// Mean and standard deviation over seeds, n - 1 degrees of freedom.
std::pair<double, double> Moments(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  double mean = 0.0;
  double squares = 0.0;
  for (const double value : values) mean += value / n;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {mean, values.size() < 2 ? 0.0 : std::sqrt(squares / (n - 1.0))};
}

}  // namespace

SweepView::SweepView(const std::vector<SeedSweep::Run>& runs, std::int64_t steps)
    : steps_(steps),
      view_(telemetry::ProgressView::ForStderr()),
      started_(std::chrono::steady_clock::now()) {
  for (const auto& run : runs) runs_.push_back({.run = &run});
}

void SweepView::Show() {
  telemetry::Progress progress{.steps = steps_ * static_cast<std::int64_t>(runs_.size())};
  std::vector<double> returns;
  for (auto& seen : runs_) {
    const auto table = CsvTable::Read(seen.run->folder / "progress.csv");
    for (; seen.rows < table.rows.size(); ++seen.rows) {
      const double mean = table.Number(seen.rows, "eval_return_mean");
      const double step = table.Number(seen.rows, "env_steps");
      char text[160];
      std::snprintf(text, sizeof text, "seed %-4lld step %9.0f  return %9.2f +- %-7.2f  %s",
                    static_cast<long long>(seen.run->seed), step, mean,
                    table.Number(seen.rows, "eval_return_std"),
                    telemetry::ClockText(table.Number(seen.rows, "wall_seconds")).c_str());
      view_.Print(text);
      seen.newest_return = mean;
      seen.step = std::llround(step);
    }
    // Between evaluations, episodes tell how far a run is.
    const auto episodes = CsvTable::Read(seen.run->folder / "episodes.csv");
    if (!episodes.rows.empty()) {
      const double step = episodes.Number(episodes.rows.size() - 1, "env_steps");
      if (!std::isnan(step)) seen.step = std::max<std::int64_t>(seen.step, std::llround(step));
    }
    progress.step += seen.step;
    if (seen.newest_return) returns.push_back(*seen.newest_return);
  }
  if (!returns.empty()) progress.eval_return = Moments(returns).first;
  const double now =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  progress.wall_seconds = now;
  progress.steps_per_second = now > 0.0 ? static_cast<double>(progress.step) / now : 0.0;
  view_.Update(progress, now);
}

std::string SweepView::Table() const {
  std::string text = "seed          step      return  folder\n";
  std::vector<double> returns;
  for (const auto& seen : runs_) {
    char row[80];
    std::snprintf(row, sizeof row, "%-8lld %9lld %11s  ", static_cast<long long>(seen.run->seed),
                  static_cast<long long>(seen.step), seen.newest_return ? "" : "-");
    if (seen.newest_return) {
      std::snprintf(row, sizeof row, "%-8lld %9lld %11.2f  ",
                    static_cast<long long>(seen.run->seed), static_cast<long long>(seen.step),
                    *seen.newest_return);
      returns.push_back(*seen.newest_return);
    }
    text += row + seen.run->folder.string() + "\n";
  }
  if (returns.size() < 2) return text;
  const auto [mean, deviation] = Moments(returns);
  char row[80];
  std::snprintf(row, sizeof row, "mean of %zu seeds  %10.2f  standard deviation %.2f\n",
                returns.size(), mean, deviation);
  return text + row;
}

}  // namespace dyna::cli
