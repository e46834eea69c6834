#include "common/watch/cluster_view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "common/watch/status.hpp"

namespace dyna::watch {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

/// A cluster whose processes say what the test puts, and a clock that it moves.
class ClusterViewTest : public testing::Test {
 protected:
  Target Process(const std::string& address) {
    return {.address = address, .instance = {}, .role = {}, .ask = [this, address] {
              const auto found = says_.find(address);
              return found == says_.end() ? std::nullopt : std::optional(found->second);
            }};
  }
  void Says(const std::string& address, const std::string& metrics, const std::string& health) {
    says_[address] = ReadScrape(metrics, health);
  }
  void Actor(const std::string& address, double steps, const std::string& state = "acting") {
    Says(address, "dyna_actor_env_steps_total{env=\"E\"} " + std::to_string(steps) + "\n",
         R"({"role":"actor","instance":")" + address + R"(-0","state":")" + state +
             R"(","healthy":true})");
  }
  std::vector<Member> LookAfter(int passed, const std::vector<Target>& targets) {
    now_ += seconds(passed);
    return view_.Look(targets);
  }

  Member::TimePoint now_ = Member::TimePoint(seconds(1'000'000));
  std::map<std::string, Scrape> says_;
  ClusterView view_{[this] { return now_; }};
};

TEST_F(ClusterViewTest, ARateIsTheGrowthOverTheLastTenSeconds) {
  const std::vector<Target> targets = {Process("a")};
  Actor("a", 100.0);
  EXPECT_TRUE(std::isnan(LookAfter(0, targets)[0].Rate(Count::kEnvSteps)));
  Actor("a", 120.0);
  EXPECT_DOUBLE_EQ(LookAfter(4, targets)[0].Rate(Count::kEnvSteps), 5.0);
  Actor("a", 180.0);
  EXPECT_DOUBLE_EQ(LookAfter(6, targets)[0].Rate(Count::kEnvSteps), 8.0);
  Actor("a", 240.0);  // of the last 10 s: from 120 at 4 s to 240 at 14 s
  EXPECT_DOUBLE_EQ(LookAfter(4, targets)[0].Rate(Count::kEnvSteps), 12.0);
}

TEST_F(ClusterViewTest, AnotherLifeOfAProcessIsNoNegativeRate) {
  const std::vector<Target> targets = {Process("a")};
  Actor("a", 1'000.0);
  LookAfter(0, targets);
  Actor("a", 5.0);
  EXPECT_TRUE(std::isnan(LookAfter(1, targets)[0].Rate(Count::kEnvSteps)));
  Actor("a", 15.0);
  EXPECT_DOUBLE_EQ(LookAfter(1, targets)[0].Rate(Count::kEnvSteps), 10.0);
}

TEST_F(ClusterViewTest, OneThatDoesNotAnswerKeepsItsLastWordsAndTheirAge) {
  const std::vector<Target> targets = {Process("a"), Process("never")};
  Actor("a", 10.0);
  LookAfter(0, targets);
  says_.clear();
  const auto members = LookAfter(7, targets);
  ASSERT_EQ(members.size(), 2U);
  EXPECT_FALSE(members[0].answered);
  EXPECT_EQ(members[0].silent_seconds, 7.0);
  EXPECT_EQ(members[0].instance, "a-0");
  EXPECT_EQ(members[0].scrape.state, "acting");
  EXPECT_FALSE(members[1].answered);
  EXPECT_FALSE(members[1].silent_seconds.has_value());
  EXPECT_EQ(members[1].instance, "never");
}

TEST_F(ClusterViewTest, OneThatLeftIsShownForAMinute) {
  Actor("a", 10.0);
  LookAfter(0, {Process("a")});
  ASSERT_EQ(LookAfter(60, {}).size(), 1U);
  EXPECT_FALSE(LookAfter(0, {})[0].answered);
  EXPECT_TRUE(LookAfter(1, {}).empty());
}

TEST_F(ClusterViewTest, OneProcessAtTwoAddressesIsCountedOnce) {
  const std::string health = R"({"role":"learner","instance":"learner-0","state":"updating"})";
  const std::string updates = "dyna_learner_updates_total 40\n";
  Says("self", updates, health);
  Says("10.0.0.7:9100", updates, health);
  Actor("b", 2.0);
  const std::vector<Target> targets = {Process("self"), Process("10.0.0.7:9100"), Process("b")};
  const auto members = LookAfter(0, targets);
  ASSERT_EQ(members.size(), 2U);
  EXPECT_EQ(members[0].address, "self");
  EXPECT_EQ(members[1].instance, "b-0");
  EXPECT_THAT(TotalsJson(members), HasSubstr("\"updates\":40,"));
}

TEST_F(ClusterViewTest, OneThatCameBackAtAnotherAddressIsNotShownAsGone) {
  const std::string health = R"({"role":"actor","instance":"actor-7","state":"acting"})";
  Says("10.0.0.7:9100", "dyna_actor_env_steps_total{env=\"E\"} 40\n", health);
  LookAfter(0, {Process("10.0.0.7:9100")});
  Says("10.0.0.9:9100", "dyna_actor_env_steps_total{env=\"E\"} 3\n", health);
  const auto members = LookAfter(5, {Process("10.0.0.9:9100")});
  ASSERT_EQ(members.size(), 1U);
  EXPECT_EQ(members[0].address, "10.0.0.9:9100");
  EXPECT_TRUE(members[0].answered);
}

TEST_F(ClusterViewTest, AnEvaluatorIsNotAnActor) {
  Says("e", "dyna_role_seconds_total{role=\"actor\",state=\"evaluating\"} 1\n",
       R"({"role":"actor","instance":"evaluator-0","state":"idle","healthy":true})");
  // The states of both are announced by the one program that is both.
  Says("a",
       "dyna_role_seconds_total{role=\"actor\",state=\"evaluating\"} 0\n"
       "dyna_actor_env_steps_total{env=\"E\"} 0\n",
       R"({"role":"actor","instance":"actor-0","state":"acting","healthy":true})");
  const auto members = LookAfter(0, {Process("e"), Process("a")});
  EXPECT_EQ(members[0].role, "evaluator");
  EXPECT_EQ(members[1].role, "actor");
}

TEST_F(ClusterViewTest, TheWaitingShareIsOverTheTimeOfAllStates) {
  const auto says = [this](double acting, double waiting) {
    Says("a",
         "dyna_role_seconds_total{role=\"actor\",state=\"acting\"} " + std::to_string(acting) +
             "\ndyna_role_seconds_total{role=\"actor\",state=\"waiting_for_replay\"} " +
             std::to_string(waiting) + "\n",
         R"({"role":"actor","state":"acting","healthy":true})");
  };
  says(10.0, 100.0);
  LookAfter(0, {Process("a")});
  says(12.0, 106.0);
  EXPECT_DOUBLE_EQ(LookAfter(8, {Process("a")})[0].waiting_share(), 0.75);
}

TEST_F(ClusterViewTest, BlockedIsOnlyWhoWaitsNow) {
  const auto since = telemetry::Seconds(std::chrono::system_clock::now().time_since_epoch()) - 50;
  const std::string metrics =
      "dyna_role_blocked_since_timestamp_seconds{role=\"actor\",state=\"waiting_for_replay\"} " +
      std::to_string(since) + "\n";
  Says("a", metrics, R"({"role":"actor","state":"waiting_for_replay","healthy":true})");
  Says("b", metrics, R"({"role":"actor","state":"acting","healthy":true})");
  const auto members = LookAfter(0, {Process("a"), Process("b")});
  EXPECT_GE(members[0].blocked_seconds, 50.0);
  EXPECT_EQ(members[1].blocked_seconds, 0.0);
}

TEST_F(ClusterViewTest, FlowsAreSumsOverTheProcessesThatAnswer) {
  const std::vector<Target> targets = {Process("a"), Process("b"), Process("c")};
  for (const char* name : {"a", "b", "c"}) Actor(name, 0.0);
  LookAfter(0, targets);
  Actor("a", 10.0);
  Actor("b", 30.0);
  says_.erase("c");
  const std::string flows = FlowsJson(LookAfter(10, targets));
  EXPECT_THAT(flows, HasSubstr("\"env_steps\":4,"));
  EXPECT_THAT(flows, HasSubstr("\"updates\":null"));
}

TEST_F(ClusterViewTest, WhatAProcessSaysIsEscapedAndCutForThePage) {
  Says("a", "",
       R"({"role":"actor","state":"waiting_for_x","reason":"<b>\"table\"</b> )" +
           std::string(5'000, 'y') + "\",\"healthy\":true}");
  const std::string json = MemberJson(LookAfter(0, {Process("a")})[0]);
  EXPECT_THAT(json, HasSubstr("\"reason\":\"<b>\\\"table\\\"</b> yyy"));
  EXPECT_LT(json.size(), 1'500U);
}

TEST_F(ClusterViewTest, SixtyFourProcessesAreAskedAtOnce) {
  std::vector<Target> targets;
  for (int i = 0; i < 64; ++i) {
    Actor("a" + std::to_string(i), i);
    targets.push_back(Process("a" + std::to_string(i)));
  }
  const auto members = LookAfter(0, targets);
  ASSERT_EQ(members.size(), 64U);
  for (std::size_t i = 0; i < 64; ++i) {
    EXPECT_EQ(members[i].instance, "a" + std::to_string(i) + "-0");
  }
}

}  // namespace
}  // namespace dyna::watch
