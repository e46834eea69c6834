#include "model_server/imagination/imagination_options.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "common/core/error.hpp"

namespace dyna::imagination {
namespace {

EnvSpec Spec(double bound) {
  return {.name = "Pendulum-v1",
          .observation = Space::Box({-1.0, -1.0, -8.0}, {1.0, 1.0, 8.0}),
          .action = Space::Box({-bound}, {bound})};
}

std::string ErrorOf(const std::string& toml, const EnvSpec& spec) {
  Config config = Config::FromText(toml, "test.toml");
  try {
    ImaginationOptions::From(config, spec);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "no error";
}

TEST(ImaginationOptionsTest, ReadsEveryKeyAndTheRulesOfTheEnvironment) {
  Config config = Config::FromText(R"(
[run]
seed = 3
epoch_steps = 250
[actor]
random_steps = 500
[model]
train_every = 125
[imagination]
rollout_schedule = [1, 15, 1, 4]
start_source = "initial"
action_source = "buffer"
propagation = "mean"
deterministic_model = true
rollout_batch = 77
stale_versions = 2
)",
                                   "test.toml");
  const auto options = ImaginationOptions::From(config, Spec(2.0), 9);
  config.RequireAllKeysUsed();
  EXPECT_EQ(options.schedule, (RolloutSchedule{.e0 = 1, .e1 = 15, .k0 = 1, .k1 = 4}));
  EXPECT_EQ(options.start_source, StartSource::kInitial);
  EXPECT_EQ(options.action_source, ActionSource::kBuffer);
  EXPECT_EQ(options.propagation, Propagation::kMean);
  EXPECT_TRUE(options.deterministic_model);
  EXPECT_EQ(options.rollout_batch, 77);
  EXPECT_EQ(options.stale_versions, 2);
  EXPECT_EQ(options.train_every, 125);
  EXPECT_EQ(options.epoch_steps, 250);
  EXPECT_EQ(options.random_steps, 500);
  EXPECT_EQ(options.worker_id, 9U);
  EXPECT_EQ(options.seed, 3U);
  EXPECT_NE(options.rules.terminated, nullptr);
}

TEST(ImaginationOptionsTest, MistakesAreOneClearLine) {
  EXPECT_NE(ErrorOf("[imagination]\nrollout_schedule = [5, 4, 1, 2]", Spec(2.0)).find("last epoch"),
            std::string::npos);
  EXPECT_NE(ErrorOf("[imagination]\nstart_source = \"bufer\"", Spec(2.0)).find("buffer"),
            std::string::npos);
  const EnvSpec unbounded = Spec(std::numeric_limits<double>::infinity());
  EXPECT_NE(ErrorOf("[imagination]\naction_source = \"random\"", unbounded).find("no bounds"),
            std::string::npos);
}

}  // namespace
}  // namespace dyna::imagination
