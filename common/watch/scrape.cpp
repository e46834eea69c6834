#include "common/watch/scrape.hpp"

#include <httplib.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <sstream>

namespace dyna::watch {
namespace {

constexpr std::size_t kBytesMax = 1U << 20U;

/// Where the value of `key` begins in a line of JSON of ours; npos if it has none.
std::size_t FindValue(const std::string& json, const std::string& key) {
  const std::string mark = "\"" + key + "\":";
  const auto at = json.find(mark);
  return at == std::string::npos ? at : at + mark.size();
}

/// Empty if there is no such string.
std::string TextField(const std::string& json, const std::string& key) {
  const auto begin = FindValue(json, key);
  if (begin == std::string::npos || json[begin] != '"') return {};
  std::string text;
  for (std::size_t i = begin + 1; i < json.size() && json[i] != '"'; ++i) {
    if (json[i] == '\\' && i + 1 < json.size()) ++i;
    text += json[i];
  }
  return text;
}

double NumberField(const std::string& json, const std::string& key) {
  const auto begin = FindValue(json, key);
  return begin == std::string::npos ? 0.0 : std::strtod(json.c_str() + begin, nullptr);
}

std::optional<std::string> Get(httplib::Client& client, const char* path) {
  std::string body;
  const auto answer = client.Get(path, [&body](const char* data, std::size_t bytes) {
    if (body.size() + bytes > kBytesMax) return false;
    body.append(data, bytes);
    return true;
  });
  // An unhealthy process says so with 503, and why.
  if (!answer || (answer->status != 200 && answer->status != 503)) return std::nullopt;
  return body;
}

}  // namespace

double Scrape::at(const std::string& series) const {
  const auto found = values.find(series);
  return found == values.end() ? std::numeric_limits<double>::quiet_NaN() : found->second;
}

double Scrape::Sum(std::string_view name, const std::vector<std::string_view>& parts) const {
  double sum = 0.0;
  bool any = false;
  for (auto it = values.lower_bound(std::string(name)); it != values.end(); ++it) {
    const std::string& series = it->first;
    if (!series.starts_with(name)) break;
    if (series.size() > name.size() && series[name.size()] != '{') continue;
    const bool fits = std::all_of(parts.begin(), parts.end(), [&](std::string_view part) {
      return series.find(part, name.size()) != std::string::npos;
    });
    if (!fits) continue;
    sum += it->second;
    any = true;
  }
  return any ? sum : std::numeric_limits<double>::quiet_NaN();
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

Scrape ReadScrape(const std::string& metrics, const std::string& health) {
  return {.values = ParseMetrics(metrics),
          .role = TextField(health, "role"),
          .instance = TextField(health, "instance"),
          .state = TextField(health, "state"),
          .waits_for = TextField(health, "reason"),
          .state_seconds = NumberField(health, "state_seconds"),
          .healthy = health.find("\"healthy\":true") != std::string::npos};
}

std::optional<Scrape> FetchScrape(const std::string& host, int port) {
  httplib::Client client(host, port);
  client.set_connection_timeout(1);
  client.set_read_timeout(1);
  client.set_write_timeout(1);
  const auto metrics = Get(client, "/metrics");
  if (!metrics) return std::nullopt;
  const auto health = Get(client, "/healthz");
  if (!health) return std::nullopt;
  return ReadScrape(*metrics, *health);
}

Scrape LocalScrape(const telemetry::Metrics& metrics, const telemetry::Health& health) {
  return ReadScrape(metrics.Text(), health.report().json);
}

}  // namespace dyna::watch
