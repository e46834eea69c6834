// What the cores get from configs/mbpo and configs/sac is what MBPO was published with: the table
// below was written from the official code's config files, not from ours.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "actors/actor_loop.hpp"
#include "cli/train/run_options.hpp"
#include "common/config/config.hpp"
#include "learner/algorithms/sac.hpp"
#include "learner/learner.hpp"
#include "model_server/imagination/imagination_options.hpp"
#include "replay/replay_options.hpp"

namespace dyna {
namespace {

using imagination::ImaginationOptions;
using imagination::RolloutSchedule;

struct Published {
  std::string file;
  std::string env;
  std::size_t obs;
  std::size_t actions;
  std::int64_t steps;
  std::int64_t epoch_steps;
  std::int64_t random_steps;
  RolloutSchedule schedule;
  double updates_per_step;
  double target_entropy;
  std::int64_t train_every;
  std::int64_t retain_epochs;
  std::int64_t model_width;
};

void PrintTo(const Published& p, std::ostream* out) { *out << p.file; }

// clang-format off
const Published kPublished[] = {
    {"inverted_pendulum", "InvertedPendulum-v4", 4, 1, 20'000, 250, 500,
     {1, 15, 1, 1}, 10, -0.05, 250, 1, 200},
    {"inverted_double_pendulum", "InvertedDoublePendulum-v4", 11, 1, 20'000, 250, 500,
     {1, 15, 1, 1}, 20, -0.5, 250, 1, 200},
    {"hopper", "Hopper-v4", 11, 3, 125'000, 1000, 5000,
     {20, 150, 1, 15}, 20, -1, 250, 1, 200},
    {"walker2d", "Walker2d-v4", 17, 6, 300'000, 1000, 5000,
     {20, 150, 1, 1}, 20, -3, 250, 1, 200},
    {"half_cheetah", "HalfCheetah-v4", 17, 6, 400'000, 1000, 5000,
     {20, 150, 1, 1}, 40, -3, 250, 1, 200},
    {"ant", "AntTruncatedObs", 27, 8, 300'000, 1000, 5000,
     {20, 100, 1, 25}, 20, -4, 250, 1, 200},
    {"humanoid", "HumanoidTruncatedObs", 45, 17, 300'000, 1000, 5000,
     {20, 300, 1, 25}, 20, -2, 1000, 5, 400}};
// clang-format on

class MbpoValuesTest : public testing::TestWithParam<Published> {
 protected:
  /// The config of this environment in one of the two folders.
  static Config File(const std::string& folder) {
    return Config::FromFile(std::string(DYNA_SOURCE_DIR) + "/configs/" + folder + "/" +
                            GetParam().file + ".toml");
  }
  /// The environment's, but for what no option depends on; needs no MuJoCo.
  static EnvSpec Spec() {
    const Published& p = GetParam();
    return {.name = p.env,
            .observation =
                Space::Box(std::vector<double>(p.obs, -1e9), std::vector<double>(p.obs, 1e9)),
            .action = Space::Box(std::vector<double>(p.actions, -1.0),
                                 std::vector<double>(p.actions, 1.0))};
  }
  static void ExpectCommon(Config& config) {
    const Published& p = GetParam();
    EXPECT_EQ(config.GetString("env.name", ""), p.env);
    EXPECT_EQ(config.GetInt("env.max_episode_steps", 0, 0, 1'000'000), 1000);
    const auto run = cli::RunOptions::From(config);
    EXPECT_EQ(run.steps, p.steps);
    EXPECT_EQ(run.eval_every, p.epoch_steps);
    EXPECT_EQ(run.eval_steps_max, 1000);
    const auto actor = actors::ActorLoop::Options::From(config);
    EXPECT_EQ(actor.random_steps, p.random_steps);
    EXPECT_EQ(actor.random_hold, 1);
    const auto replay = replay::ReplayOptions::From(config, Spec().transition_shape());
    EXPECT_EQ(replay.real_capacity, 1'000'000);
    EXPECT_FALSE(replay.prioritized);
    const auto sac = learner::SacAlgorithm::Options::From(config, Spec());
    EXPECT_EQ(sac.learning_rate, 3e-4);
    EXPECT_EQ(sac.gamma, 0.99);
    EXPECT_EQ(sac.tau, 5e-3);
    EXPECT_EQ(sac.hidden, (std::vector<std::int64_t>{256, 256}));
    EXPECT_FALSE(sac.alpha.has_value());
    EXPECT_EQ(sac.target_entropy, p.target_entropy);
  }
};

TEST_P(MbpoValuesTest, RunActorAndSacAreAsPublished) {
  for (const char* folder : {"mbpo", "sac"}) {
    SCOPED_TRACE(folder);
    Config config = File(folder);
    ExpectCommon(config);
  }
}

TEST_P(MbpoValuesTest, TheLearnersRatiosAreAsPublished) {
  const Published& p = GetParam();
  Config config = File("mbpo");
  const auto mbpo = learner::Learner::Options::From(config, /*imagination=*/true);
  EXPECT_EQ(mbpo.updates_per_step, p.updates_per_step);
  EXPECT_EQ(mbpo.learning_starts, p.random_steps);
  EXPECT_EQ(static_cast<double>(mbpo.publish_every), p.updates_per_step);  // once per real step
  EXPECT_EQ(mbpo.mixer.batch_size, 256);
  EXPECT_EQ(mbpo.mixer.real_fraction, 0.05);
  Config baseline = File("sac");
  const auto sac = learner::Learner::Options::From(baseline, /*imagination=*/false);
  EXPECT_EQ(sac.updates_per_step, 1.0);
  EXPECT_EQ(sac.learning_starts, p.random_steps);
  EXPECT_EQ(sac.mixer.batch_size, 256);
}

TEST_P(MbpoValuesTest, TheModelIsAsPublished) {
  const Published& p = GetParam();
  Config config = File("mbpo");
  const auto model = dynamics::ModelOptions::From(config, Spec());
  EXPECT_EQ(model.kind, "probabilistic_ensemble");
  EXPECT_EQ(model.members, 7);
  EXPECT_EQ(model.elites, 5);
  EXPECT_EQ(model.hidden, std::vector<std::int64_t>(4, p.model_width));
  EXPECT_EQ(model.activation, nn::Activation::kSilu);
  EXPECT_EQ(model.learning_rate, 1e-3);
  EXPECT_EQ(model.batch_rows, 256);
  EXPECT_EQ(model.weight_decay, (std::vector<double>{2.5e-5, 5e-5, 7.5e-5, 7.5e-5, 1e-4}));
  EXPECT_TRUE(model.bootstrap);
  EXPECT_FALSE(model.normalize_targets);
  EXPECT_TRUE(model.learn_variance_bounds);
  EXPECT_EQ(model.variance_bound_weight, 0.01);
  EXPECT_EQ(model.holdout_fraction, 0.2);
  EXPECT_EQ(model.holdout_rows_max, 5000);
  EXPECT_EQ(model.improvement_min, 0.01);
  EXPECT_EQ(model.patience_epochs, 5);
  EXPECT_EQ(model.epochs_max, 0);
  EXPECT_EQ(model.steps_max, 0);
  EXPECT_EQ(model.shape.reward, dynamics::Source::kLearned);
  EXPECT_EQ(model.shape.termination, dynamics::Source::kKnown);
}

TEST_P(MbpoValuesTest, ImaginationIsAsPublished) {
  const Published& p = GetParam();
  Config config = File("mbpo");
  const auto dreams = ImaginationOptions::From(config, Spec());
  EXPECT_EQ(dreams.schedule, p.schedule);
  EXPECT_EQ(dreams.epoch_steps, p.epoch_steps);
  EXPECT_EQ(dreams.random_steps, p.random_steps);
  EXPECT_EQ(dreams.train_every, p.train_every);
  EXPECT_EQ(dreams.epoch_steps % dreams.train_every, 0);  // so every epoch begins with a training
  EXPECT_EQ(dreams.rollout_batch, 100'000);
  EXPECT_EQ(dreams.retain_epochs, p.retain_epochs);
  EXPECT_EQ(dreams.stale_versions, 0);
  EXPECT_FALSE(dreams.deterministic_model);
  EXPECT_EQ(dreams.propagation, imagination::Propagation::kRandomElite);
  EXPECT_EQ(dreams.start_source, imagination::StartSource::kBuffer);
  EXPECT_EQ(dreams.action_source, imagination::ActionSource::kPolicy);
}

INSTANTIATE_TEST_SUITE_P(All, MbpoValuesTest, testing::ValuesIn(kPublished),
                         [](const auto& instance) { return instance.param.file; });

// What the published loads follow from: the longest rollouts and largest synthetic tables.
TEST(MbpoLoadTest, RolloutsAndTablesGrowAsInThePublishedRuns) {
  struct Load {
    std::size_t row;
    std::int64_t k_last;
    std::int64_t rows_last;
  };
  constexpr std::array kLoads = {Load{0, 1, 100'000},     Load{2, 12, 4'800'000},
                                 Load{3, 1, 400'000},     Load{4, 1, 400'000},
                                 Load{5, 25, 10'000'000}, Load{6, 24, 12'000'000}};
  for (const auto& [row, k_last, rows_last] : kLoads) {
    const Published& p = kPublished[row];
    SCOPED_TRACE(p.file);
    const std::int64_t last_epoch = p.steps / p.epoch_steps - 1;
    const std::int64_t k = imagination::RolloutLength(p.schedule, last_epoch);
    EXPECT_EQ(k, k_last);
    EXPECT_EQ(
        imagination::SyntheticCapacity(k, 100'000, p.epoch_steps, p.train_every, p.retain_epochs),
        rows_last);
  }
}

}  // namespace
}  // namespace dyna
