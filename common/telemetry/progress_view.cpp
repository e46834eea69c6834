#include "common/telemetry/progress_view.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

namespace dyna::telemetry {
namespace {

constexpr double kRedrawSeconds = 0.1;
constexpr int kBarColumns = 24;

int TerminalColumns(std::FILE* out) {
  winsize size{};
  if (::ioctl(::fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 100;
}

std::string Format(const char* format, double value) {
  char buffer[48];
  std::snprintf(buffer, sizeof buffer, format, value);
  return buffer;
}

/// 12345 -> "12,345".
std::string Grouped(std::int64_t value) {
  std::string text = std::to_string(value);
  for (auto i = static_cast<std::ptrdiff_t>(text.size()) - 3; i > 0; i -= 3) {
    text.insert(static_cast<std::size_t>(i), 1, ',');
  }
  return text;
}

}  // namespace

std::string ClockText(double seconds) {
  const auto total = static_cast<long long>(std::llround(std::max(0.0, seconds)));
  char buffer[48];
  if (total >= 3600) {
    std::snprintf(buffer, sizeof buffer, "%lld:%02lld:%02lld", total / 3600, total / 60 % 60,
                  total % 60);
  } else {
    std::snprintf(buffer, sizeof buffer, "%lld:%02lld", total / 60, total % 60);
  }
  return buffer;
}

ProgressView::ProgressView(std::FILE* out, bool terminal) : out_(out), terminal_(terminal) {}

ProgressView ProgressView::ForStderr() { return {stderr, ::isatty(STDERR_FILENO) == 1}; }

void ProgressView::Update(const Progress& progress, double now_seconds) {
  if (!terminal_ || (drawn_ && now_seconds - drawn_at_ < kRedrawSeconds)) return;
  std::fprintf(out_, "\r\033[K%s", Line(progress, TerminalColumns(out_) - 1).c_str());
  std::fflush(out_);
  drawn_ = true;
  drawn_at_ = now_seconds;
}

void ProgressView::Print(const std::string& line) {
  Clear();
  std::fprintf(out_, "%s\n", line.c_str());
  std::fflush(out_);
}

void ProgressView::Clear() {
  if (drawn_) std::fprintf(out_, "\r\033[K");
  drawn_ = false;
}

std::string ProgressView::Line(const Progress& progress, int width) {
  const double done = progress.steps > 0
                          ? static_cast<double>(progress.step) / static_cast<double>(progress.steps)
                          : 0.0;
  const int filled = std::clamp(static_cast<int>(done * kBarColumns), 0, kBarColumns);
  std::string line = "[" + std::string(static_cast<std::size_t>(filled), '#') +
                     std::string(static_cast<std::size_t>(kBarColumns - filled), '.') + "] " +
                     Grouped(progress.step) + "/" + Grouped(progress.steps);
  line += "  " + Format("%.1f steps/s", progress.steps_per_second);
  if (progress.steps_per_second > 0.0) {
    line +=
        "  " +
        ClockText(static_cast<double>(progress.steps - progress.step) / progress.steps_per_second) +
        " left";
  }
  if (progress.eval_return) line += "  return " + Format("%.1f", *progress.eval_return);
  if (progress.model_mse) line += "  model mse " + Format("%.2g", *progress.model_mse);
  if (progress.rollout_length > 0) line += "  k " + std::to_string(progress.rollout_length);
  if (static_cast<int>(line.size()) > width)
    line.resize(static_cast<std::size_t>(std::max(0, width)));
  return line;
}

}  // namespace dyna::telemetry
