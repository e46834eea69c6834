#pragma once

#include <map>
#include <optional>
#include <string>

namespace dyna::cli {

/// What a process says of itself at /metrics and /healthz.
struct MetricsPage {
  /// By series as Prometheus writes it: name{label="value"}.
  std::map<std::string, double> values = {};
  std::string state = {};      ///< of /healthz
  std::string waits_for = {};  ///< its reason, if it waits

  /// NaN if there is no such series.
  double at(const std::string& series) const;
};

/// Reads series and values of Prometheus' text format; what is not one is left out.
std::map<std::string, double> ParseMetrics(const std::string& text);

/// Asks the process whose metrics are at this port of the loopback; nothing if it does not answer
/// within a second.
std::optional<MetricsPage> FetchMetrics(int port);

}  // namespace dyna::cli
