#include "common/telemetry/process_metrics.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include "common/telemetry/clock.hpp"

namespace dyna::telemetry {
namespace {

prometheus::MetricFamily Family(std::string name, std::string help, prometheus::MetricType type,
                                double value) {
  prometheus::ClientMetric metric;
  metric.counter.value = value;
  metric.gauge.value = value;
  return {std::move(name), std::move(help), type, {metric}};
}

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

}  // namespace

std::vector<prometheus::MetricFamily> CollectProcess(
    std::chrono::system_clock::time_point started_at) {
  constexpr auto kGauge = prometheus::MetricType::Gauge;
  std::vector<prometheus::MetricFamily> families;
  families.push_back(Family("process_start_time_seconds", "When the process started.", kGauge,
                            telemetry::Seconds(started_at.time_since_epoch())));
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) == 0) {
    families.push_back(Family("process_cpu_seconds_total", "CPU time used, user and system.",
                              prometheus::MetricType::Counter,
                              Seconds(usage.ru_utime) + Seconds(usage.ru_stime)));
  }
  std::ifstream statm("/proc/self/statm");
  double virtual_pages = 0.0;
  double resident_pages = 0.0;
  if (statm >> virtual_pages >> resident_pages) {
    const auto page_bytes = static_cast<double>(::sysconf(_SC_PAGESIZE));
    families.push_back(Family("process_virtual_memory_bytes", "Size of the address space.", kGauge,
                              virtual_pages * page_bytes));
    families.push_back(Family("process_resident_memory_bytes", "Memory held.", kGauge,
                              resident_pages * page_bytes));
  }
  std::error_code error;
  const std::filesystem::directory_iterator files("/proc/self/fd", error);
  if (!error) {
    const auto open = std::distance(files, std::filesystem::directory_iterator());
    families.push_back(Family("process_open_fds", "Files and sockets open.", kGauge,
                              static_cast<double>(open - 1)));  // one of them is this listing
  }
  return families;
}

}  // namespace dyna::telemetry
