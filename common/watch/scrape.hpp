#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/telemetry/health.hpp"
#include "common/telemetry/metrics.hpp"

namespace dyna::watch {

/// What a process says of itself at /metrics and /healthz.
struct Scrape {
  /// By series as Prometheus writes it: name{label="value"}.
  std::map<std::string, double> values = {};
  std::string role = {};
  std::string instance = {};
  std::string state = {};
  std::string waits_for = {};  ///< the reason that /healthz gives, if any
  double state_seconds = 0.0;
  bool healthy = false;

  /// NaN if there is no such series.
  double at(const std::string& series) const;
  /// Over the series of this name whose labels contain all the parts (`table="real"`); NaN if
  /// there is none.
  double Sum(std::string_view name, const std::vector<std::string_view>& parts = {}) const;
};

/// Reads series and values of Prometheus' text format; what is not one is left out.
std::map<std::string, double> ParseMetrics(const std::string& text);
/// The texts of /metrics and /healthz.
Scrape ReadScrape(const std::string& metrics, const std::string& health);

/// Asks the process whose metrics are at this IP address and port; nothing if it does not answer
/// within a second, or with more than a mebibyte.
std::optional<Scrape> FetchScrape(const std::string& host, int port);
/// Of this process itself.
Scrape LocalScrape(const telemetry::Metrics& metrics, const telemetry::Health& health);

}  // namespace dyna::watch
