#include "model_server/dynamics/model_options.hpp"

#include <gtest/gtest.h>

#include <string>

#include "common/core/error.hpp"

namespace dyna::dynamics {
namespace {

EnvSpec Spec(const std::string& name) {
  return {.name = name,
          .observation = Space::Box({-1.0, -1.0, -8.0}, {1.0, 1.0, 8.0}),
          .action = Space::Box({-2.0}, {2.0})};
}

std::string ErrorOf(const std::string& toml, const EnvSpec& spec) {
  Config config = Config::FromText(toml, "test.toml");
  try {
    ModelOptions::From(config, spec);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "no error";
}

TEST(ModelOptionsTest, DefaultsAreThoseOfMbpo) {
  Config config;
  const ModelOptions options = ModelOptions::From(config, Spec("Pendulum-v1"));
  EXPECT_EQ(options.kind, "probabilistic_ensemble");
  EXPECT_EQ(options.members, 7);
  EXPECT_EQ(options.elites, 5);
  EXPECT_EQ(options.hidden, (std::vector<std::int64_t>{200, 200, 200, 200}));
  EXPECT_EQ(options.activation, nn::Activation::kSilu);
  EXPECT_EQ(options.weight_decay, (std::vector<double>{2.5e-5, 5e-5, 7.5e-5, 7.5e-5, 1e-4}));
  EXPECT_EQ(options.learning_rate, 1e-3);
  EXPECT_EQ(options.batch_rows, 256);
  EXPECT_EQ(options.holdout_fraction, 0.2);
  EXPECT_EQ(options.holdout_rows_max, 5000);
  EXPECT_EQ(options.patience_epochs, 5);
  EXPECT_EQ(options.epochs_max, 0);
  EXPECT_FALSE(options.normalize_targets);
  EXPECT_EQ(options.shape.inputs(), 4);
  EXPECT_EQ(options.shape.targets(), 4);  // reward and three state changes
  EXPECT_EQ(options.shape.termination, Source::kKnown);
}

TEST(ModelOptionsTest, TheDeterministicEnsembleHasTheCoursesDefaults) {
  Config config = Config::FromText("[model]\nkind = \"deterministic_ensemble\"", "test.toml");
  const ModelOptions options = ModelOptions::From(config, Spec("Pendulum-v1"));
  EXPECT_EQ(options.members, 3);
  EXPECT_EQ(options.hidden, (std::vector<std::int64_t>{250, 250}));
  EXPECT_EQ(options.batch_rows, 512);
  EXPECT_EQ(options.steps_max, 1500);
  EXPECT_EQ(options.holdout_fraction, 0.0);
  EXPECT_TRUE(options.normalize_targets);
  EXPECT_EQ(options.weight_decay, (std::vector<double>{0.0, 0.0, 0.0}));
}

TEST(ModelOptionsTest, ADiscreteActionIsAOneHotInputAndAKnownRewardNoTarget) {
  EnvSpec spec = Spec("Acrobot-v1");
  spec.action = Space::Discrete(3);
  Config config = Config::FromText("[model]\nreward = \"known\"", "test.toml");
  const ModelOptions options = ModelOptions::From(config, spec);
  EXPECT_EQ(options.shape.inputs(), 6);
  EXPECT_EQ(options.shape.targets(), 3);
}

TEST(ModelOptionsTest, DecayOfOtherDepthsGrowsEvenlyFromFirstToLast) {
  EXPECT_EQ(DefaultWeightDecay(1), (std::vector<double>{1e-4}));
  EXPECT_EQ(DefaultWeightDecay(2), (std::vector<double>{2.5e-5, 1e-4}));
  EXPECT_NEAR(DefaultWeightDecay(3)[1], 6.25e-5, 1e-12);
}

TEST(ModelOptionsTest, MistakesAreOneClearLine) {
  const EnvSpec pendulum = Spec("Pendulum-v1");
  const EnvSpec unknown = Spec("MyEnv");
  EnvSpec tabular = Spec("FrozenLake-v1");
  tabular.observation = Space::Discrete(16);
  struct Case {
    std::string toml, part;
    EnvSpec spec;
  };
  for (const auto& [toml, part, spec] : {
           Case{"", "vector observations", tabular},
           Case{"[model]\nreward = \"known\"", "no reward rule is known for MyEnv", unknown},
           Case{"[model]\ntermination = \"known\"", "no termination rule", unknown},
           Case{"[model]\nweight_decay = [1e-5, 1e-5]", "one number, or 5 of them", pendulum},
           Case{"[model]\nholdout_fraction = 0", "training would never stop", pendulum},
           Case{"[model]\nmembers = 3\nelites = 4", "model.elites = 4", pendulum},
           Case{"[model]\nkind = \"probabilistic_ensembel\"", "model.kind", pendulum},
       }) {
    EXPECT_NE(ErrorOf(toml, spec).find(part), std::string::npos) << ErrorOf(toml, spec);
  }
}

}  // namespace
}  // namespace dyna::dynamics
