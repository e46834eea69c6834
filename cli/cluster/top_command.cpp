#include "cli/cluster/top_command.hpp"

#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <ostream>
#include <thread>

#include "common/run/signal_stop.hpp"

namespace dyna::cli {
namespace {

std::string Cell(const char* format, double value, const std::string& unit = {}) {
  if (std::isnan(value)) return "-";
  char text[32];
  std::snprintf(text, sizeof text, format, value);
  return text + unit;
}

std::string Line(const std::string& instance, const std::string& state, const std::string& rate,
                 const std::string& version, const std::string& memory, const std::string& why) {
  char text[200];
  std::snprintf(text, sizeof text, "%-16s %-24s %16s %9s %9s  ", instance.c_str(), state.c_str(),
                rate.c_str(), version.c_str(), memory.c_str());
  return text + why + "\n";
}

}  // namespace

TopScreen::TopScreen(const std::vector<KnownProcess>& processes) {
  for (const KnownProcess& process : processes) {
    targets_.push_back(watch::HttpTarget("127.0.0.1", process.metrics_port));
    targets_.back().instance = process.instance;
    targets_.back().role = process.role;
  }
}

std::string TopScreen::Draw() {
  std::string screen = Line("process", "state", "rate", "version", "memory", "waits for");
  for (const watch::Member& member : view_.Look(targets_)) {
    if (!member.answered) {
      screen += Line(member.instance, "no answer", "-", "-", "-", "");
      continue;
    }
    const watch::Work work = watch::WorkOf(member);
    const watch::Scrape& scrape = member.scrape;
    const bool waits = scrape.state.starts_with("waiting_for");
    screen += Line(member.instance, scrape.state, Cell("%.1f ", work.rate, work.unit),
                   Cell("%.0f", work.version),
                   Cell("%.0f MB", scrape.at("process_resident_memory_bytes") / 1e6),
                   waits ? scrape.waits_for : "");
  }
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
