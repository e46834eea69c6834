#include "common/watch/scrape.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "common/telemetry/http_exposer.hpp"

namespace dyna::watch {
namespace {

namespace m = telemetry::metrics;

TEST(ScrapeTest, SeriesAreReadWithTheirLabels) {
  const auto values = ParseMetrics(
      "# HELP x y\n# TYPE x counter\nx{table=\"real\"} 3\nx{table=\"a b\"} 4.5e1\nplain 2\njunk\n");
  EXPECT_EQ(values.size(), 3U);
  EXPECT_EQ(values.at("x{table=\"real\"}"), 3.0);
  EXPECT_EQ(values.at("x{table=\"a b\"}"), 45.0);
  EXPECT_EQ(values.at("plain"), 2.0);
}

TEST(ScrapeTest, ASumIsOverTheSeriesOfOneNameWhoseLabelsFit) {
  const Scrape scrape =
      ReadScrape("x{a=\"1\",b=\"2\"} 3\nx{a=\"1\",b=\"3\"} 4\nxy 100\nx_y 50\n", "");
  EXPECT_EQ(scrape.Sum("x"), 7.0);
  EXPECT_EQ(scrape.Sum("x", {"a=\"1\"", "b=\"3\""}), 4.0);
  EXPECT_TRUE(std::isnan(scrape.Sum("x", {"a=\"2\""})));
  EXPECT_TRUE(std::isnan(scrape.Sum("z")));
}

class ProcessTest : public testing::Test {
 protected:
  telemetry::Metrics metrics_{{.role = "replay", .version = "1.0"}};
  telemetry::Health health_{{.role = "replay", .version = "1.0", .instance = "replay-3"}};
};

TEST_F(ProcessTest, SaysTheSameOverTheNetworkAsInside) {
  const telemetry::HttpExposer exposer({.port = telemetry::HttpExposer::kAnyPort}, metrics_,
                                       health_);
  metrics_.counter(m::kReplaySamples, {"real"}).Add(7.0);
  health_.SetState("waiting_for_disk", "no \"room\" left");
  const auto asked = FetchScrape("127.0.0.1", exposer.port());
  ASSERT_TRUE(asked);
  for (const Scrape& scrape : {*asked, LocalScrape(metrics_, health_)}) {
    EXPECT_EQ(scrape.at("dyna_replay_samples_total{table=\"real\"}"), 7.0);
    EXPECT_EQ(scrape.role, "replay");
    EXPECT_EQ(scrape.instance, "replay-3");
    EXPECT_EQ(scrape.state, "waiting_for_disk");
    EXPECT_EQ(scrape.waits_for, "no \"room\" left");
    EXPECT_TRUE(scrape.healthy);
  }
}

TEST_F(ProcessTest, OneThatFailedStillSaysWhy) {
  const telemetry::HttpExposer exposer({.port = telemetry::HttpExposer::kAnyPort}, metrics_,
                                       health_);
  health_.MarkFailed("the disk is gone");
  const auto asked = FetchScrape("127.0.0.1", exposer.port());
  ASSERT_TRUE(asked);
  EXPECT_FALSE(asked->healthy);
  EXPECT_EQ(asked->waits_for, "the disk is gone");
}

TEST_F(ProcessTest, OneThatIsNotThereGivesNothing) {
  int port = 0;
  {
    const telemetry::HttpExposer gone({.port = telemetry::HttpExposer::kAnyPort}, metrics_,
                                      health_);
    port = gone.port();
  }
  EXPECT_FALSE(FetchScrape("127.0.0.1", port));
}

}  // namespace
}  // namespace dyna::watch
