#include "common/config/config.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <limits>

namespace dyna {
namespace {

/// What the ConfigError thrown by `action` says; "" when none is thrown.
std::string ErrorOf(const std::function<void()>& action) {
  try {
    action();
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

Config Parse(const std::string& text) { return Config::FromText(text, "x.toml"); }

TEST(ConfigTest, ReadsEachTypeAndFallsBackToDefaults) {
  auto config = Parse(
      "[a]\nint = 3\ndouble = 2.5\nwhole = 4\nflag = true\ntext = \"hi\"\nlist = [1, 2.5]\n"
      "ints = [1, 2, 3]\n");
  EXPECT_EQ(config.GetInt("a.int", 0, 0, 10), 3);
  EXPECT_EQ(config.GetDouble("a.double", 0, 0, 10), 2.5);
  EXPECT_EQ(config.GetDouble("a.whole", 0, 0, 10), 4.0);
  EXPECT_TRUE(config.GetBool("a.flag", false));
  EXPECT_EQ(config.GetString("a.text", ""), "hi");
  EXPECT_EQ(config.GetDoubles("a.list", {}, 1, 2, 0, 10), (std::vector<double>{1.0, 2.5}));
  EXPECT_EQ(config.GetInts("a.ints", {}, 3, 3, 0, 10), (std::vector<std::int64_t>{1, 2, 3}));
  EXPECT_EQ(config.GetInt("b.absent", 7, 0, 10), 7);
  EXPECT_FALSE(config.Has("b.absent"));
  EXPECT_TRUE(config.Has("a.int"));
  config.RequireAllKeysUsed();
}

TEST(ConfigTest, AnErrorNamesFileLineKeyValueAndRange) {
  auto config = Parse("[replay]\n\ncapacity = 0\n");
  EXPECT_EQ(ErrorOf([&] { config.GetInt("replay.capacity", 1, 1, 100); }),
            "x.toml:3: replay.capacity = 0 is not an integer in [1, 100]");
}

TEST(ConfigTest, WrongTypesAreRefused) {
  auto config = Parse("[a]\nx = \"3\"\ny = 3.5\nz = 1\nl = [1, \"b\"]\nn = nan\n");
  EXPECT_EQ(ErrorOf([&] { config.GetInt("a.x", 1, 1, 9); }),
            "x.toml:2: a.x = \"3\" is not an integer in [1, 9]");
  EXPECT_NE(ErrorOf([&] { config.GetInt("a.y", 1, 1, 9); }), "");
  EXPECT_EQ(ErrorOf([&] { config.GetBool("a.z", true); }),
            "x.toml:4: a.z = 1 is not true or false");
  EXPECT_NE(ErrorOf([&] { config.GetString("a.z", ""); }), "");
  EXPECT_NE(ErrorOf([&] { config.GetDoubles("a.l", {}, 1, 4, 0, 9); }), "");
  EXPECT_NE(ErrorOf([&] { config.GetDoubles("a.z", {}, 1, 4, 0, 9); }), "");
  EXPECT_NE(ErrorOf([&] { config.GetInts("a.l", {}, 1, 1, 0, 9); }), "");
  EXPECT_NE(ErrorOf([&] { config.GetDouble("a.n", 0, -9, 9); }), "");
}

TEST(ConfigTest, UnknownKeysAreErrorsWithASuggestion) {
  auto config = Parse("[run]\nseed = 1\nsteps_ = 5\n");
  config.GetInt("run.seed", 0, 0, 9);
  config.GetInt("run.steps", 0, 0, 9);
  EXPECT_EQ(ErrorOf([&] { config.RequireAllKeysUsed(); }),
            "x.toml:3: unknown key 'run.steps_'; did you mean 'run.steps'?");
}

TEST(ConfigTest, KeysOfForeignTablesAreLeftToOthers) {
  auto config = Parse("[run]\nseed = 1\n[learner]\ngama = 1\n[learners]\nn = 2\n");
  config.GetInt("run.seed", 0, 0, 9);
  EXPECT_EQ(ErrorOf([&] { config.RequireAllKeysUsed({"learner", "learners"}); }), "");
  EXPECT_NE(ErrorOf([&] { config.RequireAllKeysUsed({"learner"}); }).find("'learners.n'"),
            std::string::npos);
}

TEST(ConfigTest, ListsOfStringsAreReadAndRefusedLikeTheOthers) {
  auto config = Parse("[a]\nl = [\"x\", \"y\"]\nm = [\"x\", 3]\n");
  EXPECT_EQ(config.GetStrings("a.l", {}, 1, 4), (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(config.GetStrings("a.none", {"z"}, 1, 4), (std::vector<std::string>{"z"}));
  EXPECT_NE(ErrorOf([&] { config.GetStrings("a.l", {}, 3, 4); }), "");
  EXPECT_NE(ErrorOf([&] { config.GetStrings("a.m", {}, 1, 4); }), "");
  EXPECT_NE(config.EffectiveToml().find("l = [\"x\", \"y\"]"), std::string::npos);
}

TEST(ConfigTest, ChoicesSuggestTheClosest) {
  auto config = Parse("[learner]\nalgorithm = \"sca\"\n");
  EXPECT_EQ(ErrorOf([&] {
              config.GetChoice("learner.algorithm", "sac", {"sac", "dqn"});
            }),
            "x.toml:2: learner.algorithm = \"sca\" is not one of [\"sac\", \"dqn\"]; "
            "did you mean 'sac'?");
}

TEST(ConfigTest, OverridesWinAndSayWhereTheyCameFrom) {
  auto config = Parse("[run]\nseed = 1\n");
  config.Set("run.seed=2");
  config.Set("env.name=Pendulum-v1");
  config.Set("model.hidden=[3, 4]");
  EXPECT_EQ(config.GetInt("run.seed", 0, 0, 9), 2);
  EXPECT_EQ(config.GetString("env.name", ""), "Pendulum-v1");
  EXPECT_EQ(config.GetInts("model.hidden", {}, 2, 2, 1, 9), (std::vector<std::int64_t>{3, 4}));
  config.Set("run.seed=-1");
  EXPECT_EQ(ErrorOf([&] { config.GetInt("run.seed", 0, 0, 9); }),
            "--set: run.seed = -1 is not an integer in [0, 9]");
}

TEST(ConfigTest, ALaterFileWinsKeyByKeyAndErrorsNameTheFileOfEach) {
  Config config =
      Config::FromText("[run]\nseed = 1\nsteps = 2\n[env]\nname = \"a\"\n", "first.toml");
  config.Overlay(Config::FromText("\n[run]\nsteps = 30\n[net.tcp]\nport = 4\n", "second.toml"));
  EXPECT_EQ(config.GetInt("run.seed", 0, 0, 9), 1);
  EXPECT_EQ(config.GetString("env.name", ""), "a");
  EXPECT_EQ(config.GetInt("net.tcp.port", 0, 0, 9), 4);
  EXPECT_EQ(ErrorOf([&] { (void)config.GetInt("run.steps", 0, 0, 9); }),
            "second.toml:3: run.steps = 30 is not an integer in [0, 9]");
  EXPECT_EQ(ErrorOf([&] { (void)config.GetInt("env.name", 0, 0, 9); }),
            "first.toml:5: env.name = \"a\" is not an integer in [0, 9]");
}

TEST(ConfigTest, IllFormedOverridesAreRefused) {
  Config config = Parse("[run]\nseed = 1\n");
  for (const char* bad : {"", "=", "=3", "run.seed", "run..seed=1", ".a=1", "a.=1", "a b'=1",
                          "run.seed.x=1", " =1", "run.name=a\xE3", "run.name=a\x01"}) {
    EXPECT_NE(ErrorOf([&] { config.Set(bad); }), "") << bad;
  }
  config.Set("run.name=Jos\u00e9");
  EXPECT_EQ(config.GetString("run.name", ""), "Jos\u00e9");
}

// Found by fuzzing: a stack overflow in the parser.
TEST(ConfigTest, KeysOfAnyNumberOfPartsAreRefused) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "a.";
  deep += "a=1";
  EXPECT_EQ(ErrorOf([&] { Parse(deep); }), "x.toml: a key of more than 100 parts");
  EXPECT_NE(ErrorOf([&] { Parse("[" + deep.substr(0, 300'000) + "]"); }), "");
  Config config;
  EXPECT_EQ(ErrorOf([&] { config.Set(deep); }), "--set: a key of more than 100 parts");
}

TEST(ConfigTest, MissingFilesAndBrokenTomlAreNamed) {
  EXPECT_NE(ErrorOf([] { Config::FromFile("no/such.toml"); }).find("no/such.toml"),
            std::string::npos);
  EXPECT_NE(ErrorOf([] { Config::FromFile(std::filesystem::temp_directory_path().string()); }), "");
  EXPECT_EQ(ErrorOf([] { Parse("[run]\nseed = \n"); }).find("x.toml:2: not TOML"), 0U);
}

TEST(ConfigTest, TheEffectiveConfigReadsBackAsItself) {
  auto config = Parse("[run]\nseed = 5\n[a]\ntext = \"q\\\"uote\"\n");
  const auto read = [](Config& c) {
    c.GetInt("run.seed", 0, 0, 9);
    c.GetString("a.text", "");
    c.GetDouble("a.rate", 3.0, 0, 9);
    c.GetDouble("a.tiny", 1e-7, 0, 9);
    c.GetBool("b.c.flag", true);
    c.GetDoubles("a.list", {1.0, 0.5}, 0, 9, 0, 9);
    return c.EffectiveToml();
  };
  const std::string once = read(config);
  auto again = Config::FromText(once, "effective");
  EXPECT_EQ(read(again), once);
  again.RequireAllKeysUsed();
  EXPECT_NE(once.find("rate = 3.0"), std::string::npos);
}

TEST(ConfigTest, WrongNamesAKeyByItsPlaceOrAsADefault) {
  auto config = Parse("[a]\nx = 1\n");
  config.GetInt("a.x", 0, 0, 9);
  config.GetInt("a.y", 3, 0, 9);
  EXPECT_STREQ(config.Wrong("a.x", "below a.y").what(), "x.toml:2: a.x = 1 is not below a.y");
  EXPECT_STREQ(config.Wrong("a.y", "above a.x").what(),
               "x.toml: a.y = 3 (default) is not above a.x");
}

}  // namespace
}  // namespace dyna
