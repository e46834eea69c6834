#include "learner/algorithms/registry.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace dyna::learner {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

EnvSpec Spec(Space observation, Space action) {
  return {.name = "Test-v0", .observation = std::move(observation), .action = std::move(action)};
}

const Space kBox = Space::Box({-1.0}, {1.0});

std::string ErrorOf(const std::string& toml, const EnvSpec& spec) {
  Config config = Config::FromText(toml, "test.toml");
  try {
    MakeAlgorithm(config, spec, 0);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

TEST(RegistryTest, MakesWhatTheConfigNamesAndReadsEveryKey) {
  Config sac = Config::FromText(
      "[learner]\nalgorithm='sac'\nhidden=[8]\nlearning_rate=1e-3\ngamma=0.9\ntau=0.1\n"
      "target_entropy=-0.5\nalpha=0.1\n",
      "test.toml");
  EXPECT_EQ(MakeAlgorithm(sac, Spec(kBox, kBox), 0)->ActWeights().kind,
            nn::PolicyWeights::Kind::kSquashedGaussian);
  EXPECT_NO_THROW(sac.RequireAllKeysUsed());
  Config dqn = Config::FromText(
      "[learner]\nalgorithm='dqn'\nhidden=[8]\nlearning_rate=1e-3\ngamma=0.9\ntau=0.1\n"
      "target_update_interval=7\ndouble_dqn=false\nloss='huber'\n",
      "test.toml");
  EXPECT_EQ(MakeAlgorithm(dqn, Spec(kBox, Space::Discrete(2)), 0)->ActWeights().kind,
            nn::PolicyWeights::Kind::kQValues);
  EXPECT_NO_THROW(dqn.RequireAllKeysUsed());
}

TEST(RegistryTest, TheTargetEntropyIsMinusTheActionDimensionUnlessGiven) {
  Config config;
  const Space action = Space::Box({-1, -1, -1}, {1, 1, 1});
  MakeAlgorithm(config, Spec(kBox, action), 0);
  EXPECT_NE(config.EffectiveToml().find("target_entropy = -3"), std::string::npos)
      << config.EffectiveToml();
}

TEST(RegistryTest, AnAlgorithmThatDoesNotFitTheSpacesIsRefusedByName) {
  EXPECT_EQ(ErrorOf("[learner]\nalgorithm='sac'\n", Spec(kBox, Space::Discrete(2))),
            "learner.algorithm = 'sac' needs a continuous action space, but env.name = 'Test-v0' "
            "has Discrete(2); use 'dqn'");
  EXPECT_NE(ErrorOf("[learner]\nalgorithm='sac'\n", Spec(kBox, Space::Box({-1.0}, {kInfinity})))
                .find("bounded"),
            std::string::npos);
  EXPECT_NE(ErrorOf("[learner]\nalgorithm='sac'\n", Spec(Space::Discrete(4), kBox)).find("box"),
            std::string::npos);
  EXPECT_NE(ErrorOf("[learner]\nalgorithm='dqn'\n", Spec(kBox, kBox)).find("use 'sac'"),
            std::string::npos);
  EXPECT_NE(ErrorOf("[learner]\nalgorithm='dqn'\n", Spec(Space::Discrete(16), Space::Discrete(4)))
                .find("tabular"),
            std::string::npos);
}

TEST(RegistryTest, BadValuesAreRefused) {
  const EnvSpec continuous = Spec(kBox, kBox);
  for (const char* line : {"gamma=1.5", "learning_rate=-1.0", "hidden=[]", "hidden=[0]", "tau=2.0",
                           "alpha=-0.1", "algorithm='sacc'", "hidden='big'"}) {
    EXPECT_NE(ErrorOf(std::string("[learner]\n") + line + "\n", continuous), "") << line;
  }
  const EnvSpec discrete = Spec(kBox, Space::Discrete(2));
  for (const char* line : {"target_update_interval=0", "loss='l1'", "double_dqn=3"}) {
    EXPECT_NE(ErrorOf(std::string("[learner]\nalgorithm='dqn'\n") + line + "\n", discrete), "")
        << line;
  }
}

}  // namespace
}  // namespace dyna::learner
