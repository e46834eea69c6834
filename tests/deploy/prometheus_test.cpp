#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include "common/telemetry/metric_list.hpp"
#include "tests/support/run_command.hpp"

// deploy/prometheus: right for Prometheus, about metrics that there are, and every alert tested and
// explained.

namespace dyna {
namespace {

using testing_support::RunCommand;

const std::string kSource = DYNA_SOURCE_DIR;
const std::string kFolder = kSource + "/deploy/prometheus/";

std::string Read(const std::string& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The first group of every match.
std::set<std::string> Matches(const std::string& text, const std::string& pattern) {
  const std::regex regex(pattern);
  std::set<std::string> found;
  for (auto it = std::sregex_iterator(text.begin(), text.end(), regex);
       it != std::sregex_iterator(); ++it) {
    found.insert((*it)[1]);
  }
  return found;
}

/// As Prometheus knows them: a histogram is three series.
std::set<std::string> SeriesOfOurMetrics() {
  std::set<std::string> names;
  for (const telemetry::MetricDefinition* metric : telemetry::metrics::kAll) {
    const std::string name(metric->name);
    if (metric->kind == telemetry::MetricKind::kHistogram) {
      for (const char* suffix : {"_bucket", "_sum", "_count"}) names.insert(name + suffix);
    } else {
      names.insert(name);
    }
  }
  return names;
}

std::set<std::string> Alerts() {
  return Matches(Read(kFolder + "alerts.rules.yml"), R"(alert: (\w+))");
}

TEST(PrometheusTest, TakesTheConfigurationAndTheRules) {
  const auto [output, status] =
      RunCommand("cd '" + kFolder + "' && promtool check config prometheus.yml");
  EXPECT_EQ(status, 0) << output;
}

TEST(PrometheusTest, EveryAlertFiresByItsFaultAndNotWithout) {
  const auto [output, status] =
      RunCommand("cd '" + kFolder + "' && promtool test rules alerts.test.yml");
  EXPECT_EQ(status, 0) << output;
  EXPECT_EQ(Matches(Read(kFolder + "alerts.test.yml"), R"(- name: (\w+))"), Alerts());
}

TEST(PrometheusTest, RulesSpeakOfMetricsAndRulesThatThereAre) {
  const std::set<std::string> metrics = SeriesOfOurMetrics();
  const std::string rules = Read(kFolder + "rules.yml");
  const std::string alerts = Read(kFolder + "alerts.rules.yml");
  for (const std::string& name : Matches(rules + alerts, R"((?:^|[^:\w])(dyna_\w+))")) {
    EXPECT_TRUE(metrics.contains(name)) << name << " is no metric";
  }
  const std::set<std::string> recorded = Matches(rules, R"(record: ([\w:]+))");
  for (const std::string& name : Matches(alerts, R"((\w+:dyna_[\w:]+))")) {
    EXPECT_TRUE(recorded.contains(name)) << name << " is not recorded";
  }
}

TEST(PrometheusTest, OperationsExplainsEveryAlert) {
  EXPECT_EQ(Matches(Read(kSource + "/docs/operations.md"), R"(\n\| `([A-Z]\w+)` \|)"), Alerts());
}

}  // namespace
}  // namespace dyna
