#include "cli/cluster/metrics_page.hpp"

#include <httplib.h>

#include <cstdlib>
#include <limits>
#include <sstream>

namespace dyna::cli {
namespace {

/// The string that a line of JSON of ours has under `key`; empty if none.
std::string JsonField(const std::string& json, const std::string& key) {
  const std::string mark = "\"" + key + "\":\"";
  const auto begin = json.find(mark);
  if (begin == std::string::npos) return {};
  std::string text;
  for (std::size_t i = begin + mark.size(); i < json.size() && json[i] != '"'; ++i) {
    if (json[i] == '\\' && i + 1 < json.size()) ++i;
    text += json[i];
  }
  return text;
}

}  // namespace

double MetricsPage::at(const std::string& series) const {
  const auto found = values.find(series);
  return found == values.end() ? std::numeric_limits<double>::quiet_NaN() : found->second;
}

std::map<std::string, double> ParseMetrics(const std::string& text) {
  std::map<std::string, double> values;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.front() == '#') continue;
    const auto space = line.rfind(' ');
    if (space == std::string::npos) continue;
    char* end = nullptr;
    const double value = std::strtod(line.c_str() + space + 1, &end);
    if (end == line.c_str() + line.size()) values[line.substr(0, space)] = value;
  }
  return values;
}

std::optional<MetricsPage> FetchMetrics(int port) {
  httplib::Client client("127.0.0.1", port);
  client.set_connection_timeout(1);
  client.set_read_timeout(1);
  const auto metrics = client.Get("/metrics");
  const auto health = client.Get("/healthz");
  if (!metrics || metrics->status != 200 || !health) return std::nullopt;
  return MetricsPage{.values = ParseMetrics(metrics->body),
                     .state = JsonField(health->body, "state"),
                     .waits_for = JsonField(health->body, "reason")};
}

}  // namespace dyna::cli
