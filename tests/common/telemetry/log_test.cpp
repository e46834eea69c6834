#include "common/telemetry/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace dyna::telemetry {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

TEST(LogTest, ALineIsTimeLevelRoleInstanceEventAndFields) {
  std::ostringstream out;
  Log log({.role = "actor", .instance = "a0"}, out);
  log.Info("connected", {{"peer", "tcp://replay-0:5000"},
                         {"rows", std::int64_t{12}},
                         {"seconds", 0.25},
                         {"durable", true}});
  EXPECT_THAT(out.str(),
              MatchesRegex("time=[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]{3}Z level=info "
                           "role=actor instance=a0 event=connected peer=tcp://replay-0:5000 "
                           "rows=12 seconds=0.25 durable=true\n"));
}

TEST(LogTest, NothingInAValueBreaksTheLineOrBeginsAnother) {
  std::ostringstream out;
  Log log({.role = "replay", .instance = "r 0"}, out);
  log.Warning("refused", {{"message", "a\nlevel=error \"b\"\\ \x01\x7f"}, {"empty", ""}});
  EXPECT_THAT(out.str(), HasSubstr("instance=\"r 0\" event=refused "
                                   "message=\"a\\nlevel=error \\\"b\\\"\\\\ \\x01\\x7f\" "
                                   "empty=\"\"\n"));
  const std::string text = out.str();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
}

TEST(LogTest, LongValuesAreCut) {
  const std::string cut = Log::Quoted(std::string(5000, 'x'));
  EXPECT_EQ(cut, "\"" + std::string(Log::kValueMax, 'x') + "...\"");
}

TEST(LogTest, LinesBelowTheLevelAreNotWritten) {
  std::ostringstream out;
  Log log({.role = "actor", .instance = "a", .level = LogLevel::kWarning}, out);
  log.Debug("one");
  log.Info("two");
  EXPECT_EQ(out.str(), "");
  log.Warning("three");
  log.Error("four");
  EXPECT_THAT(out.str(), HasSubstr("level=warning role=actor instance=a event=three\n"));
  EXPECT_THAT(out.str(), HasSubstr("level=error role=actor instance=a event=four\n"));
}

TEST(LogTest, ReadsItsLevel) {
  Config config = Config::FromText("[log]\nlevel = \"debug\"\n", "test.toml");
  const auto options = Log::Options::From(config, "actor", "a0");
  EXPECT_EQ(options.level, LogLevel::kDebug);
  EXPECT_EQ(options.instance, "a0");
  Config wrong = Config::FromText("[log]\nlevel = \"warn\"\n", "test.toml");
  EXPECT_THROW(Log::Options::From(wrong, "actor", "a0"), ConfigError);
}

TEST(LogTest, TextWithoutSpacesStaysReadable) {
  EXPECT_EQ(Log::Quoted("tcp://[::1]:5000"), "tcp://[::1]:5000");
  EXPECT_EQ(Log::Quoted("a=b"), "\"a=b\"");
  EXPECT_EQ(Log::Quoted("größer"), "größer");
}

}  // namespace
}  // namespace dyna::telemetry
