#pragma once

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

namespace dyna::telemetry {

/// What a run shows of itself while it goes on.
struct Progress {
  std::int64_t step = 0;   ///< real environment steps done
  std::int64_t steps = 0;  ///< of how many
  std::int64_t updates = 0;
  std::int64_t rollout_length = 0;
  double wall_seconds = 0.0;      ///< of the whole run, earlier sessions included
  double steps_per_second = 0.0;  ///< recent
  std::optional<double> eval_return = std::nullopt;
  std::optional<double> model_mse = std::nullopt;
};

/// Shows progress: one live line on a terminal, plain lines elsewhere.
class ProgressView {
 public:
  /// `terminal`: redraw one line in place, at most ten times a second; else Update() is silent
  /// and only Print() shows.
  ProgressView(std::FILE* out, bool terminal);
  /// For standard error, a terminal if it is one.
  static ProgressView ForStderr();

  /// Redraws the live line. `now_seconds` is any monotonic clock.
  void Update(const Progress& progress, double now_seconds);
  /// A line that stays, e.g. of an evaluation.
  void Print(const std::string& line);

  /// "[#####.....] 1,250/4,000  31.2 steps/s  return -245.3 ...", cut to `width` columns.
  static std::string Line(const Progress& progress, int width);

 private:
  void Clear();

  std::FILE* out_;
  bool terminal_;
  bool drawn_ = false;
  double drawn_at_ = -1.0;
};

/// "1:02:03" or "2:03".
std::string ClockText(double seconds);

}  // namespace dyna::telemetry
