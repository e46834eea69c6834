#include "common/telemetry/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <set>
#include <string>
#include <thread>

#include "common/telemetry/metric_list.hpp"
#include "tests/support/run_command.hpp"

namespace dyna::telemetry {
namespace {

using testing::HasSubstr;
using testing_support::RunCommand;

Metrics::Program TestProgram() {
  return {.role = "actor", .version = "1.2.3", .revision = "abc123"};
}

/// One series of every metric there is.
void RegisterAll(Metrics& metrics) {
  const auto add = [&metrics](const MetricDefinition& metric,
                              std::initializer_list<std::string_view> labels) {
    switch (metric.kind) {
      case MetricKind::kCounter:
        return metrics.counter(metric, labels).Add(2.0);
      case MetricKind::kGauge:
        return metrics.gauge(metric, labels).Set(3.0);
      case MetricKind::kHistogram:
        return metrics.histogram(metric, labels).Observe(0.5);
    }
  };
  for (const MetricDefinition* metric : metrics::kAll) {
    if (metric->labels[0].empty()) {
      add(*metric, {});
    } else if (metric->labels[1].empty()) {
      add(*metric, {"a"});
    } else {
      add(*metric, {"a", "b"});
    }
  }
}

TEST(MetricsTest, ASeriesAppearsAtZeroAsSoonAsItIsAskedFor) {
  Metrics metrics(TestProgram());
  metrics.counter(metrics::kReplayInserts, {"real", "appended"});
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("# TYPE dyna_replay_inserts_total counter\n"));
  EXPECT_THAT(text,
              HasSubstr("dyna_replay_inserts_total{outcome=\"appended\",table=\"real\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("dyna_build_info{revision=\"abc123\",version=\"1.2.3\"} 1\n"));
}

TEST(MetricsTest, TheSameLabelsAreTheSameSeries) {
  Metrics metrics(TestProgram());
  Counter one = metrics.counter(metrics::kReplaySamples, {"real"});
  Counter same = metrics.counter(metrics::kReplaySamples, {"real"});
  Counter other = metrics.counter(metrics::kReplaySamples, {"synthetic"});
  one.Add(3.0);
  same.Add();
  EXPECT_EQ(one.value(), 4.0);
  EXPECT_EQ(other.value(), 0.0);
}

TEST(MetricsTest, AHistogramHasTheBucketsOfItsDefinition) {
  Metrics metrics(TestProgram());
  Histogram wait = metrics.histogram(metrics::kLearnerBatchWait);
  wait.Observe(0.0001);
  wait.Observe(0.1);
  wait.Observe(5.0);
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("dyna_learner_batch_wait_seconds_bucket{le=\"0.0001\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("dyna_learner_batch_wait_seconds_bucket{le=\"1.6384\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("dyna_learner_batch_wait_seconds_bucket{le=\"+Inf\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("dyna_learner_batch_wait_seconds_count 3\n"));
}

TEST(MetricsTest, BucketsDoubleFromBelowAReplyToAboveAnUpdate) {
  for (std::size_t k = 0; k < kSecondsBuckets.size(); ++k) {
    EXPECT_DOUBLE_EQ(kSecondsBuckets[k], 25e-6 * static_cast<double>(1U << k));
  }
}

TEST(MetricsTest, AFollowedCountStartsAtWhateverItFindsAndSurvivesAFall) {
  Metrics metrics(TestProgram());
  Counter counter = metrics.counter(metrics::kLearnerUpdates);
  FollowedCounter followed(counter);
  followed.Follow(100'000.0);  // loaded from a checkpoint
  EXPECT_EQ(counter.value(), 0.0);
  followed.Follow(100'007.0);
  EXPECT_EQ(counter.value(), 7.0);
  followed.Follow(40.0);  // another life of what is counted
  followed.Follow(45.0);
  EXPECT_EQ(counter.value(), 12.0);
}

TEST(MetricsTest, EveryNameIsThereOnceWithPrefixAndHelp) {
  std::set<std::string_view> names;
  for (const MetricDefinition* metric : metrics::kAll) {
    EXPECT_TRUE(names.insert(metric->name).second) << metric->name << " twice";
    EXPECT_TRUE(metric->name.starts_with("dyna_")) << metric->name;
    EXPECT_TRUE(metric->help.ends_with(".")) << metric->name;
    EXPECT_EQ(metric->kind == MetricKind::kCounter, metric->name.ends_with("_total"))
        << metric->name;
    EXPECT_EQ(metric->kind == MetricKind::kHistogram, !metric->buckets.empty()) << metric->name;
    // Which worker it is, the scrape's own labels say: a label of ours would never stop growing.
    for (const std::string_view label : metric->labels) {
      EXPECT_TRUE(label != "actor" && label != "instance" && label != "actor_id") << metric->name;
    }
  }
}

TEST(MetricsTest, PromtoolHasNothingToSayAgainstAnyMetric) {
  ASSERT_EQ(RunCommand("promtool --version").second, 0)
      << "deploy/setup.sh --dev installs promtool";
  Metrics metrics(TestProgram());
  RegisterAll(metrics);
  const std::string path = testing::TempDir() + "dyna_metrics_test.txt";
  std::ofstream(path) << metrics.Text();
  const auto [output, status] = RunCommand("promtool check metrics < '" + path + "'");
  EXPECT_EQ(status, 0) << output;
  EXPECT_EQ(output, "");
  // The lint can fail at all:
  std::ofstream(path) << "# TYPE dyna_bad counter\ndyna_bad 1\n";
  EXPECT_NE(RunCommand("promtool check metrics < '" + path + "'").second, 0);
  std::remove(path.c_str());
}

TEST(MetricsTest, TellsTheProcessOwnMemoryTimeAndFiles) {
  Metrics metrics(TestProgram());
  const std::string text = metrics.Text();
  for (const char* name :
       {"process_resident_memory_bytes", "process_virtual_memory_bytes",
        "process_cpu_seconds_total", "process_open_fds", "process_start_time_seconds"}) {
    const auto at = text.find(std::string("\n") + name + " ");
    ASSERT_NE(at, std::string::npos) << name;
    EXPECT_GT(std::stod(text.substr(at + std::string(name).size() + 2)), 0.0) << name;
  }
}

TEST(MetricsTest, MayBeReadWhileOthersCount) {
  Metrics metrics(TestProgram());
  Counter counter = metrics.counter(metrics::kLearnerUpdates);
  Histogram histogram = metrics.histogram(metrics::kLearnerBatchWait);
  std::jthread counting([&] {
    for (int i = 0; i < 2000; ++i) {
      counter.Add();
      histogram.Observe(0.001);
    }
  });
  for (int i = 0; i < 20; ++i) EXPECT_THAT(metrics.Text(), HasSubstr("dyna_learner_updates_total"));
  counting.join();
  EXPECT_EQ(counter.value(), 2000.0);
}

using MetricsDeathTest = testing::Test;

TEST(MetricsDeathTest, AMissingLabelOrAnotherKindIsOurBug) {
  Metrics metrics(TestProgram());
  EXPECT_DEATH(metrics.counter(metrics::kReplayInserts, {"real"}), "has 2 labels, not 1");
  EXPECT_DEATH(metrics.gauge(metrics::kLearnerUpdates), "another kind");
}

}  // namespace
}  // namespace dyna::telemetry
