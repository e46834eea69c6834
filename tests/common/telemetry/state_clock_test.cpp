#include "common/telemetry/state_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <sstream>

#include "common/core/rng.hpp"
#include "tests/support/fake_clock.hpp"

namespace dyna::telemetry {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

constexpr const char* kGrant = "replay table 'real': grant: 9 rows would be more than the 8 ...";

class StateClockTest : public testing::Test {
 protected:
  double SecondsIn(const std::string& state) {
    return metrics_.counter(metrics::kRoleSeconds, {"actor", state}).value();
  }
  double BlockedSince(const std::string& state) {
    return metrics_.gauge(metrics::kBlockedSince, {"actor", state}).value();
  }
  int LogLines() const {
    const std::string text = out_.str();
    return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
  }

  testing_support::FakeClock time_;
  Metrics metrics_{{.role = "actor"}};
  Health health_{{.role = "actor", .stall_max = seconds(1'000'000)}, time_.clock()};
  std::ostringstream out_;
  Log log_{{.role = "actor", .instance = "a0"}, out_};
  StateClock clock_{{.states = {"running", "resting", "waiting_for_grant", "waiting_for_policy"},
                     .blocked_log_after = seconds(10)},
                    metrics_,
                    health_,
                    log_,
                    time_.clock()};
};

TEST_F(StateClockTest, EveryStateIsAtZeroFromTheStart) {
  EXPECT_THAT(
      metrics_.Text(),
      HasSubstr("dyna_role_seconds_total{role=\"actor\",state=\"waiting_for_policy\"} 0\n"));
  EXPECT_EQ(clock_.state(), "running");
}

TEST_F(StateClockTest, TimeGoesToTheStateThatItWasSpentIn) {
  time_.Advance(milliseconds(1500));
  clock_.Enter("resting");
  time_.Advance(milliseconds(250));
  clock_.Enter("running");
  time_.Advance(seconds(2));
  clock_.Tick();
  EXPECT_DOUBLE_EQ(SecondsIn("running"), 3.5);
  EXPECT_DOUBLE_EQ(SecondsIn("resting"), 0.25);
}

TEST_F(StateClockTest, AWaitGoesOnThroughRetriesAndThroughOtherWaits) {
  clock_.Enter("waiting_for_grant", kGrant);
  const double since = BlockedSince("waiting_for_grant");
  EXPECT_EQ(since, 1'700'000'005.0);
  time_.Advance(seconds(3));
  clock_.Enter("waiting_for_grant", kGrant);  // tried again, in vain
  EXPECT_EQ(BlockedSince("waiting_for_grant"), since);
  clock_.Enter("waiting_for_policy");
  EXPECT_EQ(BlockedSince("waiting_for_grant"), 0.0);
  EXPECT_EQ(BlockedSince("waiting_for_policy"), since) << "it has done nothing in between";
  time_.Advance(seconds(1));
  clock_.Enter("running");
  EXPECT_EQ(BlockedSince("waiting_for_policy"), 0.0);
  EXPECT_FALSE(clock_.blocked());
  EXPECT_DOUBLE_EQ(SecondsIn("waiting_for_grant"), 3.0);
  clock_.Enter("waiting_for_grant", kGrant);
  EXPECT_EQ(BlockedSince("waiting_for_grant"), since + 4.0);
}

TEST_F(StateClockTest, ALongWaitIsLoggedWithItsLimitAndEachTimeItHasDoubled) {
  clock_.Enter("waiting_for_grant", kGrant);
  std::vector<int> logged_at;
  for (int second = 1; second <= 100; ++second) {
    time_.Advance(seconds(1));
    const int before = LogLines();
    clock_.Tick();
    if (LogLines() > before) logged_at.push_back(second);
  }
  EXPECT_EQ(logged_at, (std::vector<int>{10, 20, 40, 80}));
  EXPECT_THAT(out_.str(), HasSubstr("level=warning role=actor instance=a0 event=blocked "
                                    "state=waiting_for_grant seconds=10 "
                                    "limit=\"replay table 'real': grant: 9 rows"));
  clock_.Enter("running");
  EXPECT_THAT(out_.str(), HasSubstr("event=unblocked state=waiting_for_grant seconds=100\n"));
}

TEST_F(StateClockTest, AShortWaitIsNotWorthALine) {
  for (int i = 0; i < 100; ++i) {
    clock_.Enter("waiting_for_grant", kGrant);
    time_.Advance(seconds(9));
    clock_.Tick();
    clock_.Enter("running");
  }
  EXPECT_EQ(out_.str(), "");
}

TEST_F(StateClockTest, HealthTellsTheStateAndTheLimit) {
  clock_.Enter("waiting_for_grant", kGrant);
  time_.Advance(seconds(4));
  EXPECT_THAT(health_.report().json, HasSubstr("\"state\":\"waiting_for_grant\""));
  EXPECT_THAT(health_.report().json, HasSubstr("\"state_seconds\":4.0"));
  EXPECT_THAT(health_.report().json, HasSubstr(kGrant));
}

TEST_F(StateClockTest, AfterAnyHistoryTheStatesAddUpToTheTimeThatPassed) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed=" << seed);
    Rng rng(seed, "state-clock");
    testing_support::FakeClock time;
    Metrics metrics({.role = "r"});
    const std::vector<std::string> states = {"running", "waiting_for_a", "resting",
                                             "waiting_for_b"};
    StateClock clock({.states = states}, metrics, health_, log_, time.clock());
    std::map<std::string, double> expected;
    std::string state = "running";
    double since = 0.0;  // of the wait, on the wall
    double now = 1'700'000'005.0;
    for (int step = 0; step < 300; ++step) {
      const auto passed = static_cast<std::int64_t>(rng.Below(3000));
      time.Advance(milliseconds(passed));
      now += 1e-3 * static_cast<double>(passed);
      expected[state] += 1e-3 * static_cast<double>(passed);
      if (rng.Below(3) == 0) {
        clock.Tick();
      } else {
        const bool waited = state.starts_with("waiting");
        state = states[rng.Below(states.size())];
        clock.Enter(state);
        if (state.starts_with("waiting") && !waited) since = now;
      }
      for (const std::string& name : states) {
        ASSERT_NEAR(metrics.counter(metrics::kRoleSeconds, {"r", name}).value(), expected[name],
                    1e-9);
        const bool waits = name == state && name.starts_with("waiting");
        ASSERT_NEAR(metrics.gauge(metrics::kBlockedSince, {"r", name}).value(), waits ? since : 0.0,
                    1e-4);
      }
    }
  }
}

TEST_F(StateClockTest, ReadsHowLongAWaitMayBeBeforeItIsLogged) {
  Config config = Config::FromText("[log]\nblocked_seconds = 2.5\n", "test.toml");
  const auto options = StateClock::Options::From(config, {"running"});
  EXPECT_EQ(options.blocked_log_after, milliseconds(2500));
}

using StateClockDeathTest = StateClockTest;

TEST_F(StateClockDeathTest, AnUnannouncedStateIsOurBug) {
  EXPECT_DEATH(clock_.Enter("dreaming"), "state 'dreaming' was not announced");
}

}  // namespace
}  // namespace dyna::telemetry
