#include "cli/bench/bench_report.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "cli/bench/bench_command.hpp"
#include "cli/bench/measurement.hpp"
#include "common/core/error.hpp"

namespace dyna::cli {
namespace {

BenchReport Example() {
  return {.processor = "A \"fast\" one",
          .threads = 2,
          .quick = true,
          .roofline = {.rounds = {90.0, 110.0}},
          .results = {{.key = "updates_per_s",
                       .gflop = 0.5,
                       .ours = {.rounds = {80.0, 200.0, 100.0}},
                       .baseline = {.rounds = {40.0, 50.0, 60.0}}},
                      {.key = "rows_per_s", .ours = {.rounds = {7.0}}}}};
}

TEST(RatesTest, TheMedianOfAnEvenNumberOfRoundsLiesBetweenTheMiddleTwo) {
  const Rates rates = {.rounds = {4.0, 1.0, 2.0, 9.0}};
  EXPECT_EQ(rates.median(), 3.0);
  EXPECT_EQ(rates.least(), 1.0);
  EXPECT_EQ(rates.greatest(), 9.0);
}

TEST(BenchReportTest, JsonHasAMedianPerStageAndTheRestUnderDetails) {
  std::ostringstream json;
  WriteJson(Example(), json);
  for (const char* part :
       {R"("processor": "A \"fast\" one")", R"("updates_per_s": 100)", R"("rows_per_s": 7)",
        R"("least": 80, "greatest": 200, "rounds": 3)", R"("roofline_fraction": 0.5)",
        R"("libtorch": {"median": 50)", R"("speedup": 2)"}) {
    EXPECT_NE(json.str().find(part), std::string::npos) << part << " not in\n" << json.str();
  }
}

TEST(BenchReportTest, TheTableNamesEveryStage) {
  std::ostringstream table;
  PrintTable(Example(), table);
  EXPECT_NE(table.str().find("updates_per_s"), std::string::npos);
  EXPECT_NE(table.str().find("50%"), std::string::npos) << table.str();
  EXPECT_NE(table.str().find("2.00x"), std::string::npos) << table.str();
}

TEST(BenchReportTest, AStageWithoutProductsOrBaselineHasNeitherInTheJson) {
  BenchReport report = Example();
  report.results.erase(report.results.begin());
  std::ostringstream json;
  WriteJson(report, json);
  EXPECT_EQ(json.str().find("roofline_fraction"), std::string::npos) << json.str();
  EXPECT_EQ(json.str().find("libtorch"), std::string::npos) << json.str();
}

TEST(MeasureRoundTest, CallsTheWorkAtLeastOnceAndAddsOneRound) {
  Rates rates;
  int calls = 0;
  MeasureRound([&] { return static_cast<double>(++calls); }, 0.0, rates);
  EXPECT_EQ(calls, 1);
  ASSERT_EQ(rates.rounds.size(), 1U);
  EXPECT_GT(rates.rounds[0], 0.0);
}

// Refused before anything runs: measuring would have printed its table.
TEST(BenchCommandTest, APathThatCannotBeWrittenIsRefusedByName) {
  for (const std::string& path : {std::string("/nowhere/bench.json"), testing::TempDir()}) {
    std::ostringstream out;
    try {
      Bench({.quick = true, .json = path}, out);
      FAIL() << path << " was taken";
    } catch (const ConfigError& error) {
      EXPECT_NE(std::string(error.what()).find(path), std::string::npos) << error.what();
    }
    EXPECT_TRUE(out.str().empty());
  }
}

}  // namespace
}  // namespace dyna::cli
