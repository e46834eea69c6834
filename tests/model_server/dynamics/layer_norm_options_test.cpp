#include "model_server/dynamics/layer_norm_options.hpp"

#include <gtest/gtest.h>

#include <string>

#include "common/core/error.hpp"

namespace dyna::dynamics {
namespace {

EnvSpec Spec() {
  return {.name = "HalfCheetah-v4",
          .observation = Space::Box(std::vector<double>(17, -1.0), std::vector<double>(17, 1.0)),
          .action = Space::Box(std::vector<double>(6, -1.0), std::vector<double>(6, 1.0))};
}

ModelOptions Read(const std::string& keys) {
  Config config = Config::FromText("[model]\nkind = \"layer_norm_ensemble\"\n" + keys, "test.toml");
  ModelOptions options = ModelOptions::From(config, Spec());
  config.RequireAllKeysUsed();
  return options;
}

TEST(LayerNormOptionsTest, DefaultsAreThePublishedOnes) {
  const ModelOptions o = Read("");
  EXPECT_EQ(o.members, 8);
  EXPECT_EQ(o.elites, 8);
  EXPECT_EQ(o.hidden, (std::vector<std::int64_t>{256, 256, 256}));
  EXPECT_EQ(o.activation, nn::Activation::kSilu);
  EXPECT_TRUE(o.he_init && o.normalize_targets && o.bootstrap && o.decay_decoupled);
  EXPECT_FALSE(o.normalize_actions);
  EXPECT_EQ(o.learning_rate, 1e-3);
  EXPECT_EQ(o.batch_rows, 2048);
  EXPECT_EQ(o.rows_max, 100'000);
  EXPECT_EQ(o.holdout_fraction, 0.2);
  EXPECT_EQ(o.epoch_batches_max, 5);
  EXPECT_EQ(o.holdout_rows_max, 5 * 2048);
  EXPECT_EQ(o.patience_epochs, 144);  // HalfCheetah's, O = 17
  EXPECT_EQ(o.epochs_max, 722);
  EXPECT_EQ(o.first_training_factor, 5);
  EXPECT_EQ(o.steps_max, 0);
  EXPECT_EQ(o.improvement_p, 0.1);
  EXPECT_EQ(o.reset_p, 0.5);
  EXPECT_EQ(o.reward_noise, 1e-3);
  EXPECT_EQ(o.std_min, 1e-4);
  EXPECT_EQ(o.noise_std_min, 1e-3);
  EXPECT_EQ(o.weight_decay_noise, 1e-2);
  const std::vector<double> epsilon = {1.0, 0.1, 0.01}, dropout = {0.0075, 0.005, 0.0025};
  const std::vector<double> decay = {2.5e-4, 5e-4, 7.5e-4, 1e-3};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(o.norm_epsilon[i], epsilon[i], 1e-12);
    EXPECT_NEAR(o.dropout[i], dropout[i], 1e-12);
  }
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(o.weight_decay[i], decay[i], 1e-12);
}

TEST(LayerNormOptionsTest, ListsFollowTheNumberOfLayers) {
  const ModelOptions one = Read("hidden = [32]");
  EXPECT_EQ(one.norm_epsilon, (std::vector<double>{1.0}));
  EXPECT_EQ(one.dropout.size(), 1U);
  EXPECT_EQ(one.weight_decay.size(), 2U);
  const ModelOptions given = Read("hidden = [32, 32]\ndropout = [0.1]\nlayer_norm_epsilon = [0.0]");
  EXPECT_EQ(given.dropout, (std::vector<double>{0.1, 0.1}));
  EXPECT_EQ(given.norm_epsilon, (std::vector<double>{0.0, 0.0}));
}

TEST(LayerNormOptionsTest, MistakesAreOneClearLine) {
  struct Case {
    std::string keys, part;
  };
  for (const auto& [keys, part] : {
           Case{"dropout = [0.1, 0.1]", "one number, or 3 of them"},
           Case{"dropout = [0.95]", "model.dropout"},
           Case{"layer_norm_epsilon = [-1]", "model.layer_norm_epsilon"},
           Case{"reset_p = 0.05", "at least model.improvement_p"},
           Case{"improvement_p = 2", "model.improvement_p = 2"},
           Case{"reward_noise = -1", "model.reward_noise = -1"},
           Case{"std_min = 2", "model.std_min = 2"},
           Case{"epoch_batches_max = -1", "model.epoch_batches_max = -1"},
           Case{"first_training_factor = 0", "model.first_training_factor = 0"},
           Case{"variance_bound_weight = 0.1", "model.variance_bound_weight"},
           Case{"holdout_fraction = 0\nepochs_max = 0", "training would never stop"},
       }) {
    try {
      Read(keys);
      ADD_FAILURE() << keys << " was accepted";
    } catch (const ConfigError& error) {
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace dyna::dynamics
