#include "cli/train/lockstep_trainer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace dyna::cli {
namespace {

/// MBPO on a Pendulum whose episodes last 20 steps, with nets of a few units.
const char* const kConfig = R"([run]
seed = 1
steps = 100
epoch_steps = 20
eval_episodes = 2
[env]
name = "Pendulum-v1"
max_episode_steps = 20
[actor]
random_steps = 30
[model]
members = 2
elites = 1
hidden = [8]
train_every = 15
epochs_max = 1
[imagination]
rollout_schedule = [0, 1, 2, 2]
rollout_batch = 10
[learner]
algorithm = "sac"
updates_per_step = 3
batch_size = 8
hidden = [8]
[compute]
threads = 1
)";

/// Every array that the two would save is the same, but for `except`.
void ExpectSameState(LockstepTrainer& one, LockstepTrainer& other,
                     const std::set<std::string>& except = {}) {
  StateDict ours;
  StateDict theirs;
  (void)one.TakeEpisodes();
  (void)other.TakeEpisodes();
  one.Save(ours);
  other.Save(theirs);
  for (const auto& [name, array] : ours.arrays()) {
    if (name == "trainer/wall_seconds" || except.contains(name)) continue;
    EXPECT_EQ(array, theirs.Raw(name)) << name;
  }
}

/// `fresh` goes on from what `trainer` saves now as `trainer` itself does, for `steps` steps.
void ExpectContinuesBitForBit(LockstepTrainer& trainer, LockstepTrainer& fresh, int steps) {
  (void)trainer.TakeEpisodes();
  StateDict state;
  trainer.Save(state);
  fresh.Load(state);
  for (int i = 0; i < steps; ++i) {
    trainer.Step();
    fresh.Step();
  }
  ExpectSameState(trainer, fresh);
}

class LockstepTrainerTest : public testing::Test {
 protected:
  LockstepTrainerTest() : trainer_(Parse()) {}

  static LockstepTrainer Parse() {
    Config config = Config::FromText(kConfig, "test.toml");
    return LockstepTrainer(config);
  }
  void StepTimes(int times) {
    for (int i = 0; i < times; ++i) trainer_.Step();
  }
  /// The value of a progress column now. Takes the row, as a session does.
  double Column(const std::string& name) {
    const auto columns = trainer_.ProgressColumns();
    const auto row = trainer_.ProgressRow({.returns = {0.0}, .steps = {1}});
    const auto at = std::find(columns.begin(), columns.end(), name) - columns.begin();
    return std::stod(row.at(static_cast<std::size_t>(at)));
  }

  LockstepTrainer trainer_;
};

TEST_F(LockstepTrainerTest, TrainsTheModelAtTheFirstLearningStepAndEveryTrainEvery) {
  StepTimes(30);
  EXPECT_EQ(Column("model_trainings"), 0);
  StepTimes(1);  // step 30, the first after the random ones
  EXPECT_EQ(Column("model_trainings"), 1);
  StepTimes(14);
  EXPECT_EQ(Column("model_trainings"), 1);
  StepTimes(1);  // step 45
  EXPECT_EQ(Column("model_trainings"), 2);
  StepTimes(30);
  EXPECT_EQ(Column("model_trainings"), 4);
}

TEST_F(LockstepTrainerTest, EveryTrainingIsFollowedByOneRoundOfImagination) {
  StepTimes(46);
  // Two rounds of 10 rollouts of 2 steps; Pendulum never terminates.
  EXPECT_EQ(Column("synthetic_steps"), 2 * 10 * 2);
  EXPECT_EQ(Column("rollout_length"), 2);
  EXPECT_EQ(Column("synthetic_dropped"), 0);
}

TEST_F(LockstepTrainerTest, UpdatesAreTheRatioTimesTheStepsAfterLearningStarts) {
  StepTimes(30);
  EXPECT_EQ(trainer_.updates(), 0);
  EXPECT_NE(trainer_.waiting_for(), "");
  StepTimes(1);
  EXPECT_EQ(trainer_.updates(), 3);
  StepTimes(20);
  EXPECT_EQ(trainer_.updates(), 3 * 21);
}

TEST_F(LockstepTrainerTest, EvaluationsDoNotChangeTheTraining) {
  LockstepTrainer other = Parse();
  for (int i = 0; i < 60; ++i) {
    trainer_.Step();
    other.Step();
    if (i % 7 == 0) (void)other.Evaluate();
  }
  ExpectSameState(trainer_, other, {"trainer/evaluations"});
}

TEST_F(LockstepTrainerTest, ALoadedTrainerContinuesBitForBit) {
  StepTimes(50);
  LockstepTrainer other = Parse();
  ExpectContinuesBitForBit(trainer_, other, 30);
}

TEST_F(LockstepTrainerTest, AStateOfAnotherConfigIsRefusedButMoreStepsAreAllowed) {
  StateDict state;
  trainer_.Save(state);
  Config longer = Config::FromText(kConfig, "test.toml");
  longer.Set("run.steps=500");
  LockstepTrainer same(longer);
  same.Load(state);
  Config different = Config::FromText(kConfig, "test.toml");
  different.Set("learner.gamma=0.5");
  LockstepTrainer other(different);
  EXPECT_THROW(other.Load(state), CheckpointError);
}

/// kConfig with `count` environments, and counts that fit 2 and 3 of them.
LockstepTrainer WithEnvironments(int count) {
  Config config = Config::FromText(kConfig, "test.toml");
  config.Set("actor.environments=" + std::to_string(count));
  config.Set("run.steps=102");
  config.Set("run.eval_every=6");
  config.Set("run.checkpoint_every=0");
  config.Set("model.train_every=18");
  return LockstepTrainer(config);
}

TEST(LockstepTrainerEnvironmentsTest, SeveralEnvironmentsStepAtOnceAtTheSameRatios) {
  LockstepTrainer trainer = WithEnvironments(3);
  for (int i = 0; i < 20; ++i) trainer.Step();
  EXPECT_EQ(trainer.env_steps(), 60);
  EXPECT_EQ(trainer.updates(), 3 * 30);  // the steps after the 30 random ones, at 3 updates each
  EXPECT_EQ(trainer.TakeEpisodes().size(), 3U);  // episodes of 20 steps, one per environment
}

TEST(LockstepTrainerEnvironmentsTest, ALoadedTrainerWithSeveralContinuesBitForBit) {
  LockstepTrainer first = WithEnvironments(2);
  for (int i = 0; i < 25; ++i) first.Step();
  LockstepTrainer second = WithEnvironments(2);
  ExpectContinuesBitForBit(first, second, 15);
}

TEST(LockstepTrainerEnvironmentsTest, CountsThatAreNoMultipleAreRefused) {
  for (const char* key : {"run.steps", "run.eval_every", "model.train_every"}) {
    Config config = Config::FromText(kConfig, "test.toml");
    config.Set("actor.environments=2");
    config.Set("model.train_every=18");
    config.Set(std::string(key) + "=55");
    try {
      LockstepTrainer trainer(config);
      ADD_FAILURE() << key << " = 55 was taken";
    } catch (const ConfigError& error) {
      const std::string text = error.what();
      EXPECT_NE(text.find(std::string(key) + " = 55"), std::string::npos) << text;
      EXPECT_NE(text.find("a multiple of actor.environments = 2"), std::string::npos) << text;
    }
  }
}

/// Blocks of 15 steps after 30 random ones.
LockstepTrainer InBlocks(const std::vector<std::string>& set = {}) {
  Config config = Config::FromText(R"([run]
seed = 1
steps = 100
eval_episodes = 2
[env]
name = "Pendulum-v1"
max_episode_steps = 20
[actor]
random_steps = 30
[model]
members = 2
elites = 2
hidden = [8]
train_every = 15
epochs_max = 1
[learner]
algorithm = "dhmbpo"
updates_per_step = 2
batch_size = 8
[dhmbpo]
horizon = 2
distribution_length = 3
actor_hidden = [8]
critic_hidden = [8]
[compute]
threads = 1
)",
                                   "blocks.toml");
  for (const auto& assignment : set) config.Set(assignment);
  return LockstepTrainer(config);
}

std::string ModelTrainings(LockstepTrainer& trainer) {
  return trainer.ProgressRow({.returns = {0.0}, .steps = {1}})[3];
}

TEST(LockstepBlocksTest, TheModelAndAllUpdatesOfABlocksStepsComeAtItsEnd) {
  LockstepTrainer trainer = InBlocks();
  const auto run_to = [&](std::int64_t step) {
    while (trainer.env_steps() < step) trainer.Step();
  };
  run_to(29);
  EXPECT_EQ(trainer.updates(), 0);
  EXPECT_EQ(ModelTrainings(trainer), "0");
  run_to(30);
  EXPECT_EQ(trainer.updates(), 2 * 30) << "the random steps count";
  EXPECT_EQ(ModelTrainings(trainer), "1");
  run_to(44);
  EXPECT_EQ(trainer.updates(), 2 * 30);
  run_to(45);
  EXPECT_EQ(trainer.updates(), 2 * 45);
  EXPECT_EQ(ModelTrainings(trainer), "2");
}

TEST(LockstepBlocksTest, ALoadedTrainerContinuesBitForBitWithinABlock) {
  LockstepTrainer first = InBlocks();
  for (int i = 0; i < 50; ++i) first.Step();
  LockstepTrainer second = InBlocks();
  ExpectContinuesBitForBit(first, second, 15);
}

TEST(LockstepBlocksTest, WithoutAHorizonThereIsNoModel) {
  LockstepTrainer trainer = InBlocks({"dhmbpo.horizon=0", "dhmbpo.distribution_length=0"});
  for (int i = 0; i < 60; ++i) trainer.Step();
  EXPECT_EQ(trainer.updates(), 2 * 60);
  EXPECT_EQ(ModelTrainings(trainer), "0");
}

TEST(LockstepBlocksTest, RealStatesInPlaceOfImaginedOnesAreWithinReplaysLimit) {
  LockstepTrainer trainer = InBlocks({"dhmbpo.distribution_length=0", "dhmbpo.refresh_every=2"});
  for (int i = 0; i < 60; ++i) trainer.Step();
  EXPECT_EQ(trainer.updates(), 2 * 60);
}

TEST(LockstepBlocksTest, RecordedRowsAndKnownRewardsAreRefused) {
  EXPECT_THROW(InBlocks({"data.offline=[\"x.npz\"]"}), ConfigError);
  EXPECT_THROW(InBlocks({"model.reward=known"}), ConfigError);
}

}  // namespace
}  // namespace dyna::cli
