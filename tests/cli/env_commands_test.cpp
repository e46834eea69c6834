#include "cli/env_commands.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "actors/envs/mujoco/registry.hpp"
#include "actors/envs/registry.hpp"
#include "cli/env_trace.hpp"
#include "common/core/error.hpp"

namespace dyna::cli {
namespace {

namespace fs = std::filesystem;

std::string MessageOf(const std::function<void()>& run) {
  try {
    run();
  } catch (const OperatorError& error) {
    return error.what();
  }
  return "no OperatorError";
}

void ExpectContains(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << "'" << part << "' is not in:\n" << text;
}

class EnvTraceTest : public testing::Test {
 protected:
  EnvTraceTest() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(testing::TempDir()) /
              ("dyna_env_trace_" + std::to_string(::getpid()) + "_" + test->name());
    fs::create_directories(folder_);
  }
  ~EnvTraceTest() override { fs::remove_all(folder_); }

  std::string Actions(const std::string& text) const {
    const fs::path path = folder_ / "actions.csv";
    std::ofstream(path) << text;
    return path.string();
  }

  static std::string Trace(const TraceOptions& options) {
    std::ostringstream out;
    TraceEnvironment(options, out);
    return out.str();
  }

  /// The error of a CartPole trace with these actions.
  std::string CartPoleError(const std::string& state, const std::string& actions) const {
    return MessageOf(
        [&] { Trace({.name = "CartPole-v1", .state = state, .actions_path = Actions(actions)}); });
  }

  fs::path folder_;
};

TEST_F(EnvTraceTest, WritesEveryStepInShortestRoundTripForm) {
  const std::string csv = Trace({.name = "MountainCar-v0",
                                 .state = "-0.5,0",
                                 .actions_path = Actions("2\n2")});  // no end of the last line
  EXPECT_EQ(csv,
            "step,obs0,obs1,reward,terminated\n"
            "0,-0.5,0,nan,0\n"
            "1,-0.49917684300416926,0.0008231569958307428,-1,0\n"
            "2,-0.49753668667935325,0.0016401563248160246,-1,0\n");
}

TEST_F(EnvTraceTest, GoesOnAfterTerminationAndPastTheTimeLimit) {
  const std::string csv = Trace({.name = "CartPole-v1",
                                 .state = "2.39,1,0,0",
                                 .actions_path = Actions("1\n0\n1\n"),
                                 .settings = {"env.max_episode_steps=1"}});
  std::istringstream lines(csv);
  std::vector<std::string> ends;
  for (std::string line; std::getline(lines, line);) {
    ends.push_back(line.substr(line.rfind(',', line.rfind(',') - 1)));
  }
  const std::vector<std::string> expected = {",reward,terminated", ",nan,0", ",1,1", ",0,1",
                                             ",0,1"};
  EXPECT_EQ(ends, expected);
}

TEST_F(EnvTraceTest, ATabularStateIsItsIndex) {
  EXPECT_EQ(Trace({.name = "ShortcutMaze",
                   .state = "44",
                   .actions_path = Actions("0\r\n 0 \r\n"),
                   .settings = {"env.change_step=1"}}),
            "step,obs0,reward,terminated\n0,44,nan,0\n1,44,0,0\n2,35,0,0\n");
}

TEST_F(EnvTraceTest, AStochasticWorldFollowsTheSeed) {
  std::string actions;
  for (int i = 0; i < 50; ++i) actions += "2\n";
  TraceOptions options = {
      .name = "FrozenLake8x8-v1", .state = "9", .actions_path = Actions(actions), .seed = 3};
  const std::string first = Trace(options);
  EXPECT_EQ(first, Trace(options));
  options.seed = 4;
  EXPECT_NE(first, Trace(options));
}

TEST_F(EnvTraceTest, NoActionsLeaveTheInitialRow) {
  EXPECT_EQ(Trace({.name = "DynaMaze", .state = "18", .actions_path = Actions("")}),
            "step,obs0,reward,terminated\n0,18,nan,0\n");
}

TEST_F(EnvTraceTest, TheStateIsWrittenWhereAskedForByItsNames) {
  EXPECT_EQ(Trace({.name = "MountainCar-v0",
                   .state = "-0.5,0",
                   .actions_path = Actions("2\n"),
                   .with_state = true}),
            "step,obs0,obs1,position,velocity,reward,terminated\n"
            "0,-0.5,0,-0.5,0,nan,0\n"
            "1,-0.49917684300416926,0.0008231569958307428,-0.49917684300416926,"
            "0.0008231569958307428,-1,0\n");
}

TEST_F(EnvTraceTest, AStateMayComeFromAFile) {
  const std::string path = (folder_ / "state.csv").string();
  std::ofstream(path) << "0.5,-0.25\n 0.0625\r\n0.125\n";
  const auto actions = Actions("0\n1\n");
  EXPECT_EQ(
      Trace({.name = "CartPole-v1", .state = "@" + path, .actions_path = actions}),
      Trace({.name = "CartPole-v1", .state = "0.5,-0.25,0.0625,0.125", .actions_path = actions}));
  std::ofstream(path) << "0.5,-0.25\n0.0625,x\n";
  ExpectContains(CartPoleError("@" + path, "1\n"), path + ":2: 'x' is not a finite number");
  ExpectContains(CartPoleError("@" + path + "x", "1\n"), "no such file of a state");
}

TEST_F(EnvTraceTest, AFileHoldsWhatStandardOutputWould) {
  TraceOptions options = {
      .name = "Pendulum-v1", .state = "3.0,-0.5", .actions_path = Actions("0.1\n-5\n")};
  const std::string csv = Trace(options);
  options.out_path = (folder_ / "trace.csv").string();
  EXPECT_EQ(Trace(options), "");
  std::ifstream in(options.out_path);
  std::ostringstream content;
  content << in.rdbuf();
  EXPECT_EQ(content.str(), csv);
}

TEST_F(EnvTraceTest, AFailedRunLeavesNoFileAndKeepsAnOldOne) {
  TraceOptions options = {.name = "CartPole-v1",
                          .state = "0,0,0,0",
                          .actions_path = Actions("1\n7\n"),
                          .out_path = (folder_ / "trace.csv").string()};
  EXPECT_THROW(Trace(options), EnvironmentError);
  EXPECT_FALSE(fs::exists(options.out_path));
  std::ofstream(options.out_path) << "old";
  EXPECT_THROW(Trace(options), EnvironmentError);
  EXPECT_EQ(fs::file_size(options.out_path), 3U);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 2);
}

TEST_F(EnvTraceTest, AnUnwritableFileIsOneClearLine) {
  const auto message = MessageOf([&] {
    Trace({.name = "DynaMaze",
           .state = "18",
           .actions_path = Actions("0\n"),
           .out_path = (folder_ / "nowhere" / "trace.csv").string()});
  });
  ExpectContains(message, "nowhere");
}

TEST_F(EnvTraceTest, BadActionsNameFileLineAndValue) {
  ExpectContains(CartPoleError("0,0,0,0", "1\n0\n2\n"),
                 "actions.csv:3: action [2] of CartPole-v1 is not in Discrete(2)");
  ExpectContains(CartPoleError("0,0,0,0", "1\nleft\n"),
                 "actions.csv:2: 'left' is not a finite number");
  ExpectContains(CartPoleError("0,0,0,0", "nan\n"), "actions.csv:1: 'nan' is not a finite number");
  ExpectContains(CartPoleError("0,0,0,0", "1e999\n"), "'1e999' is not a finite number");
  ExpectContains(CartPoleError("0,0,0,0", "1,1\n"),
                 "actions.csv:1: action of CartPole-v1 has 2 values, not 1");
  ExpectContains(CartPoleError("0,0,0,0", "1,\n"), "actions.csv:1: '' is not a finite number");
  ExpectContains(CartPoleError("0,0,0,0", "1\n\n1\n"), "actions.csv:2: empty");
}

TEST_F(EnvTraceTest, BadStatesNameWhatIsExpected) {
  ExpectContains(CartPoleError("0,0,0", "1\n"),
                 "--state: state of CartPole-v1 has 3 values, not 4 (x, x_dot, theta, theta_dot)");
  ExpectContains(CartPoleError("0,0,x,0", "1\n"), "--state: 'x' is not a finite number");
  ExpectContains(CartPoleError("", "1\n"), "--state: empty");
  ExpectContains(
      MessageOf([&] { Trace({.name = "DynaMaze", .state = "7", .actions_path = Actions("0\n")}); }),
      "--state: state of DynaMaze: 7 is a wall");
}

TEST_F(EnvTraceTest, AMissingFileIsNamed) {
  const std::string path = (folder_ / "none.csv").string();
  ExpectContains(
      MessageOf([&] { Trace({.name = "DynaMaze", .state = "18", .actions_path = path}); }),
      path + ": no such file");
  ExpectContains(MessageOf([&] {
                   Trace({.name = "DynaMaze", .state = "18", .actions_path = folder_.string()});
                 }),
                 "cannot be read");
}

TEST_F(EnvTraceTest, AnOverflowingEnvironmentNamesItsStep) {
  ExpectContains(MessageOf([&] {
                   Trace({.name = "CartPoleContinuous",
                          .state = "0,0,0,0",
                          .actions_path = Actions("0\n1e308\n1e308\n")});
                 }),
                 "actions.csv:2: environment CartPoleContinuous, step 2: observation[1] = ");
}

TEST(EnvListTest, NamesEveryEnvironment) {
  std::ostringstream out;
  ListEnvironments(out);
  for (const auto& name : envs::EnvironmentNames()) ExpectContains(out.str(), name + " ");
  ExpectContains(out.str(), "200 steps");
}

TEST(EnvShowTest, SaysAllThereIsToKnow) {
  Config config = EnvironmentConfig("FrozenLake-v1", {"env.map=8x8"});
  std::ostringstream lake;
  ShowEnvironment(config, lake);
  for (const char* part : {"Discrete(64)", "Discrete(4)", "200 steps", "0.85", "state\n", "none\n",
                           "map = \"8x8\"", "slippery = true"}) {
    ExpectContains(lake.str(), part);
  }
  Config pendulum = EnvironmentConfig("Pendulum-v1", {});
  std::ostringstream out;
  ShowEnvironment(pendulum, out);
  for (const char* part : {"Box([-2], [2])", "theta, theta_dot", "termination, reward",
                           "threshold    none", "max_episode_steps = 200"}) {
    ExpectContains(out.str(), part);
  }
}

TEST(EnvListTest, NamesTheFamilies) {
  std::ostringstream out;
  ListEnvironments(out);
  for (const auto& family : envs::EnvironmentFamilies()) ExpectContains(out.str(), family.title);
  ExpectContains(out.str(), "Humanoid-v4");  // whether or not this build can make it
}

TEST(EnvShowTest, ALargeSpaceIsSaidInFewWords) {
  if (!envs::HasMujoco()) return;
  Config config = EnvironmentConfig("Humanoid-v4", {});
  std::ostringstream out;
  ShowEnvironment(config, out);
  for (const char* part : {"376 reals, each in [-inf, inf]", "17 reals, each in [-0.4, 0.4]",
                           "qpos0 to qpos23, qvel0 to qvel22"}) {
    ExpectContains(out.str(), part);
  }
}

TEST(EnvShowTest, AnUnreadKeyIsRefused) {
  Config config = EnvironmentConfig("FrozenLake-v1", {"env.slipery=true"});
  std::ostringstream out;
  ExpectContains(MessageOf([&] { ShowEnvironment(config, out); }), "slippery");
}

TEST(EnvShowTest, AnOddNameIsOnlyUnknown) {
  for (const char* name : {"", "5", "a\"b", "CartPole", "[1]"}) {
    EXPECT_THROW(
        {
          Config config = EnvironmentConfig(name, {});
          std::ostringstream out;
          ShowEnvironment(config, out);
        },
        ConfigError)
        << name;
  }
}

class RegisterEnvCommandsTest : public EnvTraceTest {
 protected:
  /// Parses `dyna` arguments and runs what they ask for; its standard output.
  static std::string Run(std::vector<std::string> arguments) {
    CLI::App app("test");
    std::function<int()> action;
    RegisterEnvCommands(app, action);
    std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them last first
    app.parse(arguments);
    testing::internal::CaptureStdout();
    const int status = action();
    EXPECT_EQ(status, 0);
    return testing::internal::GetCapturedStdout();
  }
};

TEST_F(RegisterEnvCommandsTest, ListAndShowPrint) {
  ExpectContains(Run({"env", "list"}), "Taxi-v3");
  ExpectContains(Run({"env", "show", "--set", "env.slippery=false", "FrozenLake-v1"}),
                 "slippery = false");
}

TEST_F(RegisterEnvCommandsTest, ANegativeStateIsNotTakenForAnOption) {
  ExpectContains(Run({"env", "trace", "MountainCar-v0", "--state", "-0.5,-0.0625", "--actions",
                      Actions("0\n")}),
                 "0,-0.5,-0.0625,nan,0\n");
}

TEST_F(RegisterEnvCommandsTest, WhatIsMissingIsAParseError) {
  EXPECT_THROW(Run({"env"}), CLI::ParseError);
  EXPECT_THROW(Run({"env", "show"}), CLI::ParseError);
  EXPECT_THROW(Run({"env", "trace", "DynaMaze", "--state", "1"}), CLI::ParseError);
}

}  // namespace
}  // namespace dyna::cli
