#include "actors/envs/mujoco/engine.hpp"

#include <gtest/gtest.h>
#include <mujoco/mujoco.h>

#include <filesystem>
#include <string>

#include "common/core/error.hpp"

namespace dyna::envs {
namespace {

std::string MessageOf(void (*call)()) {
  try {
    Guarded("Robot", [call] { call(); });
  } catch (const EnvironmentError& error) {
    return error.what();
  }
  return "no EnvironmentError";
}

TEST(EngineTest, AnErrorOfMujocoIsAnEnvironmentErrorAndLeavesAtOnce) {
  static bool went_on = false;
  const auto fail = [] {
    mju_error("gear wheel broken");
    went_on = true;
  };
  EXPECT_EQ(MessageOf(fail), "environment Robot: MuJoCo: gear wheel broken");
  EXPECT_FALSE(went_on);
  EXPECT_EQ(MessageOf(fail), "environment Robot: MuJoCo: gear wheel broken") << "a second time";
}

TEST(EngineTest, AWarningIsKeptAndGoesOn) {
  EXPECT_EQ(MessageOf([] { mju_warning("it squeaks"); }), "no EnvironmentError");
  EXPECT_EQ(EngineMessage(), "it squeaks");
}

TEST(EngineTest, ALongMessageIsCut) {
  static const std::string kLong(10'000, 'x');
  Guarded("Robot", [] { mju_warning(kLong.c_str()); });
  EXPECT_EQ(EngineMessage(), std::string(511, 'x'));
}

TEST(EngineTest, NothingIsWrittenToALogFile) {
  (void)MessageOf([] { mju_error("broken"); });
  (void)MessageOf([] { mju_warning("squeaks"); });
  EXPECT_FALSE(std::filesystem::exists("MUJOCO_LOG.TXT"));
}

}  // namespace
}  // namespace dyna::envs
