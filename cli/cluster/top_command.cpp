#include "cli/cluster/top_command.hpp"

#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <map>
#include <ostream>
#include <thread>

#include "cli/cluster/metrics_page.hpp"
#include "common/run/signal_stop.hpp"

namespace dyna::cli {
namespace {

/// Which series tells how much a role has done, and which its version.
struct RoleView {
  std::string work = {};
  std::string unit = {};
  std::string version = {};
};

RoleView ViewOf(const std::string& role, const MetricsPage& page) {
  if (role == "learner") {
    return {"dyna_learner_updates_total", "updates/s", "dyna_policy_version"};
  }
  if (role == "imagination") return {"dyna_imagination_steps_total", "rows/s", ""};
  if (role == "model-server")
    return {"dyna_model_trainings_total", "trainings/s", "dyna_model_version"};
  if (role == "replay") return {"dyna_replay_samples_total", "rows out/s", ""};
  for (const auto& [series, value] : page.values) {
    if (series.starts_with("dyna_actor_env_steps_total")) {
      return {series, "steps/s", "dyna_actor_policy_version"};
    }
  }
  return {};
}

/// The series itself, or the sum of those that have labels.
double Total(const MetricsPage& page, const std::string& name) {
  double sum = 0.0;
  for (const auto& [series, value] : page.values) {
    if (series == name || (series.starts_with(name) && series[name.size()] == '{')) sum += value;
  }
  return sum;
}

double Now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::string Cell(const char* format, double value) {
  if (std::isnan(value)) return "-";
  char text[32];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string Line(const std::string& instance, const std::string& state, const std::string& rate,
                 const std::string& version, const std::string& memory, const std::string& why) {
  char text[200];
  std::snprintf(text, sizeof text, "%-16s %-24s %16s %9s %9s  ", instance.c_str(), state.c_str(),
                rate.c_str(), version.c_str(), memory.c_str());
  return text + why + "\n";
}

}  // namespace

std::string TopScreen::Draw() {
  const double now = Now();
  const double seconds = now - asked_at_;
  const bool first = counted_.empty();
  counted_.resize(processes_.size(), 0.0);
  std::string screen = Line("process", "state", "rate", "version", "memory", "waits for");
  for (std::size_t i = 0; i < processes_.size(); ++i) {
    const auto page = FetchMetrics(processes_[i].metrics_port);
    if (!page) {
      screen += Line(processes_[i].instance, "no answer", "-", "-", "-", "");
      continue;
    }
    const RoleView view = ViewOf(processes_[i].role, *page);
    const double counted = Total(*page, view.work);
    const double rate = first ? std::nan("") : (counted - counted_[i]) / seconds;
    counted_[i] = counted;
    const bool waits = page->state.starts_with("waiting_for");
    screen +=
        Line(processes_[i].instance, page->state, first ? "-" : Cell("%.1f ", rate) + view.unit,
             Cell("%.0f", page->at(view.version)),
             Cell("%.0f MB", page->at("process_resident_memory_bytes") / 1e6),
             waits ? page->waits_for : "");
  }
  asked_at_ = now;
  return screen;
}

int Top(const std::string& run, bool once, std::ostream& out) {
  const SignalStop stop;
  TopScreen screen(ReadClusterToml(std::filesystem::path(run) / "cluster.toml"));
  const bool live = !once && ::isatty(STDOUT_FILENO) == 1;
  (void)screen.Draw();  // rates need two looks
  do {
    std::this_thread::sleep_for(std::chrono::seconds(1));
    const std::string text = screen.Draw();
    out << (live ? "\033[H\033[2J" : "") << text << std::flush;
  } while (live && !stop.requested());
  return 0;
}

}  // namespace dyna::cli
