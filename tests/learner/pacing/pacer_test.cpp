#include "learner/pacing/pacer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dyna::learner {
namespace {

using testing::HasSubstr;

TEST(PacerTest, AllowsRealRowsByUpdatesAndSyntheticRowsByRealRows) {
  Pacer pacer({.updates_per_step = 4.0,
               .learning_starts = 100,
               .real_slack = 20,
               .synthetic_per_real = 2.5,
               .synthetic_skipped = 50,
               .synthetic_slack = 30});
  EXPECT_EQ(pacer.allowed(kRealTable, 0), 120U);
  EXPECT_EQ(pacer.allowed(kRealTable, 7), 121U);
  EXPECT_EQ(pacer.allowed(kRealTable, 8), 122U);
  EXPECT_EQ(pacer.allowed(kSyntheticTable, 8), 30U);
  pacer.OnReport(kRealTable, 1, {.inserted = 40, .incarnation = 1, .granted = 40});
  EXPECT_EQ(pacer.allowed(kSyntheticTable, 8), 30U) << "skipped rows earn nothing";
  pacer.OnReport(kRealTable, 2, {.inserted = 30, .incarnation = 1, .granted = 30});
  EXPECT_EQ(pacer.inserted(kRealTable), 70U);
  EXPECT_EQ(pacer.allowed(kSyntheticTable, 8), 80U);
}

TEST(PacerTest, ARatioThatDoesNotDivideStillEarnsWholeRows) {
  const Pacer pacer({.updates_per_step = 0.1, .real_slack = 20});
  EXPECT_EQ(pacer.allowed(kRealTable, 3), 50U);
}

TEST(PacerTest, WithoutASyntheticTableNothingIsAllowedThere) {
  const Pacer pacer({.real_slack = 20});
  EXPECT_EQ(pacer.allowed(kSyntheticTable, 3), 0U);
}

TEST(PacerTest, RefusesASlackInWhichSomebodyWouldWaitForEver) {
  const auto message = [](const Pacer::Options& options) -> std::string {
    try {
      const Pacer pacer(options);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(message({.updates_per_step = 0.25, .real_slack = 7, .real_append_rows_max = 4}),
              HasSubstr("pacing.real_slack = 7 is not in [8, "));
  EXPECT_EQ(message({.updates_per_step = 0.25, .real_slack = 8, .real_append_rows_max = 4}), "");
  EXPECT_THAT(
      message(
          {.synthetic_per_real = 1.0, .synthetic_slack = 399, .synthetic_append_rows_max = 400}),
      HasSubstr("pacing.synthetic_slack = 399 is not in [400, "));
  EXPECT_THAT(message({.updates_per_step = 0.0}), HasSubstr("learner.updates_per_step = 0"));
  EXPECT_THAT(message({.synthetic_per_real = -1.0}), HasSubstr("-1"));
}

TEST(PacerTest, ReadsItsKeysOverWhatFollowsFromTheRest) {
  Config config = Config::FromText("[pacing]\nreal_slack = 64\n", "test.toml");
  const auto options =
      Pacer::Options::From(config, {.synthetic_per_real = 1.0, .synthetic_slack = 4000});
  config.RequireAllKeysUsed();
  EXPECT_EQ(options.real_slack, 64);
  EXPECT_EQ(options.synthetic_slack, 4000);
}

}  // namespace
}  // namespace dyna::learner
