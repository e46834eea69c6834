#include "cli/plot/plot_plan.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "cli/python/python.hpp"
#include "common/core/error.hpp"
#include "common/run/run_folder.hpp"
#include "tests/support/run_command.hpp"
#include "tests/support/temporary_folder.hpp"

namespace dyna::cli {
namespace {

const PythonModules kMatplotlib = {.names = "matplotlib, numpy", .package = "python3-matplotlib"};

using testing_support::RunCommand;
using testing_support::TemporaryFolder;

class PlotPlanTest : public testing::Test {
 protected:
  std::string Run(const std::string& name, const std::string& env, const std::string& learner = "",
                  const std::string& rows = "0,-5\n") {
    const auto config = Config::FromText(
        "[env]\nname = \"" + env + "\"\n[learner]\n" + learner + "\n", "test.toml");
    const RunFolder run = RunFolder::Create(folder_ / name, config);
    std::ofstream(run.progress_path()) << "env_steps,eval_return_mean\n" << rows;
    return run.path().string();
  }
  static void ExpectRefused(const std::vector<std::string>& runs,
                            const std::vector<std::string>& parts) {
    try {
      (void)PlanPlot(runs);
      ADD_FAILURE() << "not refused";
    } catch (const OperatorError& error) {
      for (const auto& part : parts) {
        EXPECT_NE(std::string(error.what()).find(part), std::string::npos)
            << part << " is not in: " << error.what();
      }
    }
  }

  TemporaryFolder folder_;
};

TEST_F(PlotPlanTest, SeedsOfOneNameAreOneCurve) {
  const auto plan =
      PlanPlot({Run("a_seed0", "Pendulum-v1"), Run("b_seed10", "Pendulum-v1"),
                Run("a_seed1", "Pendulum-v1") + "/", Run("c_seedling", "Pendulum-v1")});
  EXPECT_EQ(plan.environment, "Pendulum-v1");
  ASSERT_EQ(plan.curves.size(), 3U);
  EXPECT_EQ(plan.curves[0].label, "a");
  EXPECT_EQ(plan.curves[0].runs.size(), 2U);
  EXPECT_EQ(plan.curves[1].label, "b");
  EXPECT_EQ(plan.curves[2].label, "c_seedling");
}

TEST_F(PlotPlanTest, AGivenLabelJoinsWhateverItIsGivenTo) {
  const auto plan = PlanPlot({"mine=" + Run("a_seed0", "Pendulum-v1", "gamma = 0.9"),
                              "mine=" + Run("b", "Pendulum-v1", "gamma = 0.8")});
  ASSERT_EQ(plan.curves.size(), 1U);
  EXPECT_EQ(plan.curves[0].label, "mine");
  EXPECT_EQ(plan.curves[0].runs.size(), 2U);
}

TEST_F(PlotPlanTest, WhatCannotBeComparedIsRefusedByName) {
  const auto pendulum = Run("p_seed0", "Pendulum-v1", "gamma = 0.9");
  ExpectRefused({pendulum, Run("c", "CartPole-v1")}, {"CartPole-v1", "Pendulum-v1"});
  ExpectRefused({pendulum, Run("p_seed1", "Pendulum-v1", "gamma = 0.8")},
                {"p_seed0", "p_seed1", "learner.gamma = 0.8", "LABEL=RUN"});
  ExpectRefused({Run("empty", "Pendulum-v1", "", "")}, {"empty", "no evaluation"});
  ExpectRefused({(folder_ / "nothing").string()}, {"nothing", "not a run folder"});
}

TEST(PlotScriptTest, ItsStatisticsAreThoseOfTheTables) {
  // Quantiles of Student's t from the printed tables; the interval of three seeds by hand.
  const auto [output, status] = RunCommand("cd " DYNA_SOURCE_DIR "/cli/plot && " +
                                           PythonWith(kMatplotlib) + " -B " DYNA_TEST_SCRIPT);
  EXPECT_EQ(status, 0) << output;
  EXPECT_EQ(output, "all right\n");
}

TEST(PythonTest, AMissingMatplotlibNamesThePackage) {
  ASSERT_EQ(::setenv("DYNA_PYTHON", "/no/such/python", 1), 0);
  try {
    (void)PythonWith(kMatplotlib);
    ADD_FAILURE() << "found one";
  } catch (const OperatorError& error) {
    EXPECT_NE(std::string(error.what()).find("python3-matplotlib"), std::string::npos);
    EXPECT_NE(std::string(error.what()).find("/no/such/python"), std::string::npos);
  }
  ::unsetenv("DYNA_PYTHON");
}

TEST(PythonTest, AProgramsEndIsToldWhateverItIs) {
  EXPECT_EQ(RunProgram({"true"}, true), 0);
  EXPECT_EQ(RunProgram({"sh", "-c", "exit 7"}, true), 7);
  EXPECT_EQ(RunProgram({"sh", "-c", "kill -9 $$"}, true), 137);
  EXPECT_EQ(RunProgram({"/no/such/program"}, true), 127);
}

}  // namespace
}  // namespace dyna::cli
