// What an environment may do wrong, and what its user reads then.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "common/core/error.hpp"
#include "tests/actors/envs/bridge/bridge_testing.hpp"
#include "tests/support/temporary_folder.hpp"

namespace dyna::envs {
namespace {

/// The message of the error that `call` throws.
template <class Call>
std::string ErrorOf(Call call) {
  try {
    call();
  } catch (const OperatorError& error) {
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return {};
}

void ExpectParts(const std::string& text, const std::vector<std::string>& parts) {
  for (const std::string& part : parts) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " is not in: " << text;
  }
}

std::string ErrorInThirdStep(const std::string& name, const std::vector<std::string>& more = {}) {
  const auto environment = MakeBridgedTest("gym:odd_envs:" + name, more);
  Rng rng(0, "x");
  environment->Reset(rng);
  const std::vector<double> action = {0.5};
  environment->Step(action, rng);
  environment->Step(action, rng);
  return ErrorOf([&] { environment->Step(action, rng); });
}

TEST(BridgeFailureTest, AnExceptionIsShownWithItsTraceback) {
  ExpectParts(ErrorInThirdStep("Raises"),
              {"environment gym:odd_envs:Raises: raised when asked to step: RuntimeError: the "
               "gripper is stuck\nTraceback",
               "odd_envs.py", "in go_wrong"});
}

TEST(BridgeFailureTest, ACallOfExitIsAnExceptionToo) {
  ExpectParts(ErrorInThirdStep("CallsExit"), {"SystemExit: 4", "Traceback", "in go_wrong"});
}

TEST(BridgeFailureTest, AWrongShapeIsNamedWithTheRightOne) {
  ExpectParts(ErrorInThirdStep("WrongShape"), {"an observation of shape (3,)", "shape (2,)"});
}

TEST(BridgeFailureTest, TheInterfaceOfOldGymIsExplained) {
  ExpectParts(ErrorInThirdStep("OldInterface"),
              {"step() returned a tuple of 4, not (observation, reward, terminated, truncated"});
}

TEST(BridgeFailureTest, WhatIsNotFiniteIsNamedWithItsStep) {
  ExpectParts(ErrorInThirdStep("NotANumber"), {"step 3: observation[1] = nan is not finite"});
}

TEST(BridgeFailureTest, ARewardThatIsNoNumberIsShown) {
  ExpectParts(ErrorInThirdStep("RewardIsNone"), {"TypeError", "NoneType", "Traceback"});
}

// Starting Python counts too: seconds on a busy machine.
TEST(BridgeFailureTest, AHangIsEndedWithTheLineThatHangs) {
  ExpectParts(
      ErrorInThirdStep("Hangs", {"env.timeout_s=20"}),
      {"no answer within 20 s (env.timeout_s) when asked to step", "odd_envs.py", "in go_wrong"});
}

TEST(BridgeFailureTest, AnEndIsReportedWithWhatWasPrintedLast) {
  ExpectParts(
      ErrorInThirdStep("Exits"),
      {"its Python process ended with status 7 when asked to step\n", "the licence has run out"});
}

TEST(BridgeFailureTest, ACrashIsReportedWithItsSignalAndPlace) {
  ExpectParts(ErrorInThirdStep("Crashes"), {"signal 11 (Segmentation fault)", "in go_wrong"});
}

TEST(BridgeFailureTest, RenderingNothingIsAnError) {
  const auto environment = MakeBridgedTest("gym:odd_envs:RendersNothing", {"env.render=true"});
  Rng rng(0, "x");
  environment->Reset(rng);
  ExpectParts(ErrorOf([&] { environment->Render(); }), {"render() returned nothing"});
}

TEST(BridgeFailureTest, ARestartedEnvironmentGoesOnWhereItWas) {
  const testing_support::TemporaryFolder folder;
  const auto play = [&](const std::string& arguments, const std::string& restarts) {
    const auto environment =
        MakeBridgedTest("gym:odd_envs:RaisesOnce", {arguments, "env.restarts_max=" + restarts});
    Rng rng(0, "x");
    environment->Reset(rng);
    std::vector<std::vector<double>> rows;
    for (int step = 0; step < 5; ++step) {
      environment->Step(std::vector<double>{0.5}, rng);
      rows.push_back(Observation(*environment));
    }
    return rows;
  };
  const std::string arguments =
      "env.arguments='{\"marker\": \"" + (folder / "marker").string() + "\"}'";
  const auto restarted = play(arguments, "1");
  ASSERT_TRUE(std::filesystem::exists(folder / "marker"));
  EXPECT_EQ(restarted, play(arguments, "0"));  // the marker is there: nothing goes wrong
}

TEST(BridgeFailureTest, RestartsAreCountedAndEnd) {
  ExpectParts(ErrorInThirdStep("Exits", {"env.restarts_max=2"}), {"ended with status 7"});
}

TEST(BridgeFailureTest, AnEnvironmentThatDoesNotRepeatItselfIsNotRestartedInSilence) {
  const testing_support::TemporaryFolder folder;
  const std::string arguments =
      "env.arguments='{\"marker\": \"" + (folder / "marker").string() + "\"}'";
  ExpectParts(ErrorInThirdStep("Forgetful", {arguments, "env.restarts_max=1"}),
              {"does not repeat itself"});
}

TEST(BridgeRefusalTest, WhatCannotBeMadeIsNamed) {
  const auto error = [](const std::string& name, const std::vector<std::string>& more = {}) {
    return ErrorOf([&] { MakeBridgedTest(name, more); });
  };
  ExpectParts(error("gym:CartPoel-v1"), {"gym:CartPoel-v1", "CartPoel"});
  ExpectParts(error("gym:no_such_module:Class"), {"there is no Python module 'no_such_module'"});
  ExpectParts(error("gym:odd_envs:not_an_environment"), {"made a int, not a gymnasium.Env"});
  ExpectParts(error("gym:"), {"env.name", "gym:NAME"});
  ExpectParts(error("gym:odd_envs:Talks"), {"actions of Text", "only Box, Discrete"});
  ExpectParts(error("gym:odd_envs:TooManyActions"), {"4000000 combinations", "1048576"});
  ExpectParts(error("gym:odd_envs:BigImage"), {"27648 values", "8192"});
  ExpectParts(error("gym:Pendulum-v1", {"env.arguments='{\"g\": '"}), {"env.arguments", "JSON"});
  ExpectParts(error("gym:Pendulum-v1", {"env.arguments='[1]'"}), {"not a JSON object"});
  ExpectParts(error("gym:Pendulum-v1", {"env.arguments='{\"gravity\": 1}'"}),
              {"TypeError", "gravity", "Traceback"});
  ExpectParts(error("gym:Pendulum-v1", {"env.bridge=\"localhost\""}), {"env.bridge", "tcp://"});
  ExpectParts(error("gym:Pendulum-v1", {"env.python=\"/no/such/python\""}),
              {"env.python = '/no/such/python': there is no such program"});
}

TEST(BridgeRefusalTest, MissingPackagesAreNamedWithWhatInstallsThem) {
  const testing_support::TemporaryFolder folder;
  const auto python = folder / "python";
  std::ofstream(python) << "#!/bin/sh\nexec " << TestPython() << " -S \"$@\"\n";  // no packages
  ::chmod(python.c_str(), 0755);
  ExpectParts(ErrorOf([&] {
                MakeBridgedTest("gym:Pendulum-v1", {"env.python=\"" + python.string() + "\""});
              }),
              {"lacks gymnasium numpy pyzmq: install with '", "-m pip install gymnasium numpy"});
}

TEST(BridgeRefusalTest, ABridgeThatIsNotThereIsNamedAfterItsTime) {
  ExpectParts(ErrorOf([&] {
                MakeBridgedTest("gym:Pendulum-v1",
                                {"env.bridge=\"ipc:///tmp/no-such-bridge\"", "env.timeout_s=0.3"});
              }),
              {"no answer within 0.3 s", "make it at ipc:///tmp/no-such-bridge"});
}

TEST(BridgeRefusalTest, TheStateOfAGymnasiumEnvironmentCannotBeSet) {
  const auto environment = MakeBridgedTest("gym:Pendulum-v1");
  EXPECT_THROW(environment->SetState({}), EnvironmentError);
}

}  // namespace
}  // namespace dyna::envs
