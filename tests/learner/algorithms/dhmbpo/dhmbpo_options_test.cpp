#include "learner/algorithms/dhmbpo/dhmbpo_options.hpp"

#include <gtest/gtest.h>

#include <string>

namespace dyna::learner::dhmbpo {
namespace {

EnvSpec Spec() {
  return {.name = "Test-v0",
          .observation = Space::Box({-1.0}, {1.0}),
          .action = Space::Box({-1.0, -1.0, -1.0}, {1.0, 1.0, 1.0})};
}

Options Read(const std::string& toml) {
  Config config = Config::FromText(toml, "test.toml");
  const Options options = Options::From(config, Spec());
  config.RequireAllKeysUsed();
  return options;
}

std::string ErrorOf(const std::string& toml) {
  try {
    Read(toml);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

TEST(DhmbpoOptionsTest, DefaultsAreThePublishedOnes) {
  const Options options = Read("");
  EXPECT_EQ(options.horizon, 5);
  EXPECT_EQ(options.actor_horizon, 5);
  EXPECT_TRUE(options.critic);
  EXPECT_EQ(options.distribution_length, 20);
  EXPECT_EQ(options.refresh_every, 20);
  EXPECT_EQ(options.batch_rows * options.distribution_length * options.distribution_calls_kept,
            51'200);
  EXPECT_EQ(options.actor_hidden, (std::vector<std::int64_t>{256, 256, 256}));
  EXPECT_EQ(options.critic_hidden, (std::vector<std::int64_t>{256, 256, 256}));
  EXPECT_EQ(options.critics, 5);
  EXPECT_EQ(options.target_critics, 2);
  EXPECT_DOUBLE_EQ(options.critic_dropout, 1e-3);
  EXPECT_DOUBLE_EQ(options.quantile_low, 0.01);
  EXPECT_DOUBLE_EQ(options.quantile_high, 0.99);
  EXPECT_DOUBLE_EQ(options.critic_warmup_share, 0.25);
  EXPECT_TRUE(options.reset_optimizers);
  EXPECT_DOUBLE_EQ(options.learning_rate, 3e-4);
  EXPECT_DOUBLE_EQ(options.tau, 5e-3);
  EXPECT_DOUBLE_EQ(options.gamma, 0.995);
  EXPECT_DOUBLE_EQ(options.alpha, 0.1);
  EXPECT_DOUBLE_EQ(options.target_entropy, -3.0);
  EXPECT_EQ(options.batch_rows, 256);
}

TEST(DhmbpoOptionsTest, TheHorizonDecidesWhatIsLeftOfTheDefaults) {
  const Options model_free = Read("[dhmbpo]\nhorizon=0\n");
  EXPECT_FALSE(model_free.uses_model());
  EXPECT_EQ(model_free.actor_horizon, 0);
  EXPECT_EQ(model_free.distribution_length, 0);
  EXPECT_EQ(model_free.critic_warmup_share, 0.0);
  EXPECT_EQ(Read("[dhmbpo]\nhorizon=9\n").actor_horizon, 9);
  EXPECT_EQ(Read("[dhmbpo]\nhorizon=9\nactor_horizon=0\n").actor_horizon, 0);
}

TEST(DhmbpoOptionsTest, ValuesThatClashAreRefusedByName) {
  EXPECT_NE(ErrorOf("[dhmbpo]\nhorizon=3\nactor_horizon=4\n").find("dhmbpo.actor_horizon = 4"),
            std::string::npos);
  EXPECT_NE(ErrorOf("[dhmbpo]\nhorizon=0\ndistribution_length=5\n")
                .find("dhmbpo.distribution_length = 5"),
            std::string::npos);
  EXPECT_NE(ErrorOf("[dhmbpo]\nactor_horizon=0\ncritic=false\n").find("dhmbpo.critic = false"),
            std::string::npos);
  EXPECT_NE(ErrorOf("[dhmbpo]\ncritics=1\ntarget_critics=2\n").find("dhmbpo.target_critics = 2"),
            std::string::npos);
  EXPECT_NE(ErrorOf("[dhmbpo]\nq_quantiles=[0.5, 0.5]\n").find("dhmbpo.q_quantiles"),
            std::string::npos);
  EXPECT_NE(ErrorOf("[dhmbpo]\nhorizon=0\ncritic_warmup_share=0.5\n")
                .find("dhmbpo.critic_warmup_share = 0.5"),
            std::string::npos);
  EXPECT_NE(ErrorOf("[dhmbpo]\ngamma=1.0\n").find("dhmbpo.gamma = 1"), std::string::npos);
  EXPECT_NE(ErrorOf("[dhmbpo]\nhorizn=3\n").find("dhmbpo.horizn"), std::string::npos);
}

}  // namespace
}  // namespace dyna::learner::dhmbpo
