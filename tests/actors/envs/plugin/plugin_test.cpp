#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "actors/envs/registry.hpp"
#include "cli/env_commands.hpp"
#include "common/core/error.hpp"
#include "tests/support/temporary_folder.hpp"

namespace dyna::envs {
namespace {

const std::string kFolder = DYNA_PLUGIN_FOLDER;

std::unique_ptr<Environment> MakePlugin(const std::string& path,
                                        const std::vector<std::string>& more = {}) {
  Config config;
  config.Set("env.plugin=\"" + path + "\"");
  for (const auto& setting : more) config.Set(setting);
  auto environment = MakeEnvironment(config);
  config.RequireAllKeysUsed();
  return environment;
}

std::string ErrorOf(const std::string& path, const std::vector<std::string>& more = {}) {
  try {
    MakePlugin(path, more);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "no error";
}

void ExpectParts(const std::string& text, const std::vector<std::string>& parts) {
  for (const std::string& part : parts) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " is not in: " << text;
  }
}

/// What `dyna env check --plugin` prints, and its verdict.
std::pair<std::string, bool> Check(const std::string& path) {
  std::ostringstream out;
  const bool good = cli::CheckCommand("", path, {}, {.steps = 500}, out);
  return {out.str(), good};
}

TEST(PluginTest, TheExampleIsTheCartThatItsEquationsDescribe) {
  const auto cart = MakePlugin(kFolder + "/cart_with_friction.so");
  EXPECT_EQ(cart->spec().name, "CartWithFriction");
  EXPECT_EQ(cart->spec().max_episode_steps, 200);
  EXPECT_EQ(cart->spec().state_names, (std::vector<std::string>{"x", "v"}));
  // Sliding without a push, fast enough that Coulomb's friction is constant:
  //   m dv/dt = -b v - c, so v(t) = (v0 + c/b) exp(-b t / m) - c/b.
  const std::vector<double> start = {0.0, 2.0};
  cart->SetState(start);
  Rng rng(0, "x");
  for (int i = 0; i < 8; ++i) cart->Step(std::vector<double>{0.0}, rng);
  const double b = 0.3;
  const double c = 0.5;
  const double exact = (2.0 + c / b) * std::exp(-b * 0.4) - c / b;
  std::vector<double> obs(2);
  cart->Observe(obs);
  EXPECT_NEAR(obs[1], exact, 2e-3);  // Euler's error: half a substep of 5 ms times dv/dt of 1
}

TEST(PluginTest, TheExampleAndTheTemplateKeepTheContract) {
  for (const char* name : {"/cart_with_friction.so", "/template.so"}) {
    const auto [report, good] = Check(kFolder + name);
    EXPECT_TRUE(good) << report;
    ExpectParts(report, {"snapshot", "bit for bit", "keeps its promises"});
  }
}

TEST(PluginTest, ABrokenPromiseIsFoundByTheCheck) {
  const auto [report, good] = Check(kFolder + "/broken_4.so");
  EXPECT_FALSE(good) << report;
  ExpectParts(report, {"FAILED  snapshot", "differs after 1 steps", "failed"});
}

TEST(PluginTest, AnExceptionIsAnErrorOfTheEnvironment) {
  const auto environment = MakePlugin(kFolder + "/broken_3.so");
  Rng rng(0, "x");
  environment->Reset(rng);
  try {
    environment->Step(std::vector<double>{1.0}, rng);
    ADD_FAILURE() << "no error";
  } catch (const EnvironmentError& error) {
    ExpectParts(error.what(), {"environment Broken (plug-in), step: the wheel came off"});
  }
}

TEST(PluginTest, WhatIsNoPluginIsRefusedByName) {
  const testing_support::TemporaryFolder folder;
  std::ofstream(folder / "text.so") << "not a library";
  ExpectParts(ErrorOf((folder / "none.so").string()), {"env.plugin", "none.so", "no such file"});
  ExpectParts(ErrorOf(folder.path().string()), {"no such file"});
  ExpectParts(ErrorOf((folder / "text.so").string()), {"cannot be loaded"});
  ExpectParts(ErrorOf(kFolder + "/broken_0.so"), {"exports no function opendyna_environment"});
  ExpectParts(ErrorOf(kFolder + "/broken_1.so"), {"version 2", "this program is of version 1"});
  ExpectParts(ErrorOf(kFolder + "/broken_2.so"), {"its observation, value 0: low is above high"});
  ExpectParts(ErrorOf(kFolder + "/template.so", {"env.name=Pendulum-v1"}),
              {"env.name", "\"MyWorld\""});
}

}  // namespace
}  // namespace dyna::envs
