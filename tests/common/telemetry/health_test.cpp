#include "common/telemetry/health.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_clock.hpp"

namespace dyna::telemetry {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

class HealthTest : public testing::Test {
 protected:
  testing_support::FakeClock time_;
  Health health_{{.role = "learner", .version = "0.1.0", .stall_max = seconds(10)}, time_.clock()};
};

TEST(HealthNameTest, SaysWhichOfItsRoleItIs) {
  const Health health({.role = "actor", .version = "1", .instance = "actor-3"});
  EXPECT_THAT(health.report().json,
              HasSubstr("\"version\":\"1\",\"instance\":\"actor-3\",\"healthy\":true"));
}

TEST_F(HealthTest, TellsRoleVersionStateAndHowLong) {
  health_.SetState("running");
  time_.Advance(milliseconds(2500));
  const auto report = health_.report();
  EXPECT_TRUE(report.healthy);
  EXPECT_EQ(report.json,
            "{\"role\":\"learner\",\"version\":\"0.1.0\",\"healthy\":true,\"state\":\"running\","
            "\"state_seconds\":2.5,\"reason\":\"\"}\n");
}

TEST_F(HealthTest, ALongWaitIsHealthyAndSaysWhatFor) {
  health_.SetState("waiting_for_rows", "min_size_to_sample: 3 rows held of 5");
  for (int i = 0; i < 100; ++i) {
    time_.Advance(seconds(1));
    health_.Beat();
  }
  const auto report = health_.report();
  EXPECT_TRUE(report.healthy);
  EXPECT_THAT(report.json, HasSubstr("\"state_seconds\":100.0,\"reason\":\"min_size_to_sample: 3"));
}

TEST_F(HealthTest, ALoopThatDoesNotTurnIsNotHealthyUntilItDoes) {
  health_.SetState("running");
  time_.Advance(seconds(10));
  EXPECT_TRUE(health_.report().healthy);
  time_.Advance(milliseconds(500));
  EXPECT_FALSE(health_.report().healthy);
  EXPECT_THAT(health_.report().json,
              HasSubstr("the loop has not turned for 10.5 s, more than 10.0"));
  health_.Beat();
  EXPECT_TRUE(health_.report().healthy);
}

TEST_F(HealthTest, AFailureStaysAndGivesItsReason) {
  health_.MarkFailed("disk \"full\"\n");
  health_.SetState("running");
  EXPECT_FALSE(health_.report().healthy);
  EXPECT_THAT(health_.report().json, HasSubstr("\"reason\":\"disk \\\"full\\\"\\u000a\"}"));
}

TEST(JsonStringTest, IsAlwaysAsciiAndOneLine) {
  EXPECT_EQ(JsonString("a\\b\t\xc3\xa4"), "\"a\\\\b\\u0009??\"");
}

}  // namespace
}  // namespace dyna::telemetry
