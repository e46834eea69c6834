#include "cli/train/lockstep_trainer.hpp"

#include <algorithm>
#include <utility>

#include "actors/envs/registry.hpp"
#include "cli/train/model_adapter.hpp"
#include "cli/train/replay_limits.hpp"
#include "common/core/check.hpp"
#include "common/core/error.hpp"
#include "common/nn/torch/compute.hpp"
#include "learner/algorithms/registry.hpp"

namespace dyna::cli {
namespace {

/// All environments step at once, so whatever happens at a step count must fall on a multiple.
void RequireMultiples(Config& config, std::int64_t environments, const RunOptions& run,
                      std::int64_t learning_starts) {
  const std::pair<const char*, std::int64_t> counts[] = {
      {"run.steps", run.steps},
      {"run.eval_every", run.eval_every},
      {"run.checkpoint_every", run.checkpoint_every},
      {"model.train_every", run.train_every},
      {"learner.learning_starts", learning_starts}};
  for (const auto& [key, count] : counts) {
    if (count % environments == 0) continue;
    throw config.Wrong(key, "a multiple of actor.environments = " + std::to_string(environments));
  }
}

}  // namespace

LockstepTrainer::LockstepTrainer(Config& config) : options_(RunOptions::From(config)) {
  nn::SetCompute(options_.compute);  // of the whole process
  const auto actor_options = actors::ActorLoop::Options::From(config);
  auto environments = envs::MakeEnvironments(config, actor_options.environments);
  spec_ = environments[0]->spec();
  const bool batches = learner::LearnsFromBatches(config);
  std::optional<model_server::ModelTrainer::Options> model;
  std::optional<imagination::Imaginer::Options> dreams;
  if (!batches && offline()) {
    throw config.Wrong("data.offline",
                       "for a learner that learns step by step: choose learner.algorithm = \"dqn\" "
                       "or \"sac\"");
  }
  in_blocks_ = learner::LearnsInBlocks(config);
  if (in_blocks_ && offline()) {
    throw config.Wrong("data.offline",
                       "for a learner that learns in blocks of real steps: choose "
                       "learner.algorithm = \"dqn\" or \"sac\"");
  }
  if (in_blocks_) {
    model = model_server::ModelTrainer::Options::From(config, spec_);
  } else if (batches) {  // read even when the rollout length is 0, so that a model can be switched
                         // off
    model = model_server::ModelTrainer::Options::From(config, spec_);
    dreams = imagination::Imaginer::Options::From(config, spec_);
  }
  const bool imagination = dreams && std::max(dreams->schedule.k0, dreams->schedule.k1) > 0;
  auto learner_options = learner::Learner::Options::From(config, imagination);
  if (in_blocks_) {
    learner_options.burst_steps = options_.train_every;
    learner_options.first_steps_count = true;
  }
  updates_per_step_ = learner_options.updates_per_step;
  if (offline()) {
    // All rows are there from the start: no limit of the tables can pace the updates, Update()
    // does.
    learner_options.learning_starts = 0;
    learner_options.updates_per_step = std::numeric_limits<double>::infinity();
  }
  learning_starts_ = learner_options.learning_starts;
  RequireMultiples(config, actor_options.environments, options_, learning_starts_);

  auto tables = MakeReplayOptions(config, spec_, learner_options, imagination ? &*dreams : nullptr);
  if (offline()) LiftLimits(tables);
  shard_ = std::make_unique<replay::ReplayShard>(tables, options_.seed);
  replay_ = std::make_unique<replay::LocalReplayPort>(*shard_);
  actor_ = std::make_unique<actors::ActorLoop>(actor_options, std::move(environments), *replay_,
                                               weights_);
  evaluator_ = std::make_unique<actors::Evaluator>(
      actors::Evaluator::Options{.episodes = options_.eval_episodes,
                                 .steps_max = options_.eval_steps_max,
                                 .seed = options_.seed},
      envs::MakeEnvironments(config, options_.eval_episodes));
  const bool rolls_model = learner::RollsTheModel(config);
  std::unique_ptr<learner::WorldModel> world;
  if (rolls_model) world = MakeModelAdapter(config, model->model, spec_, weights_);
  learner_ = std::make_unique<learner::Learner>(
      learner_options, learner::MakeAlgorithm(config, spec_, options_.seed, std::move(world)),
      *replay_, weights_);
  if (imagination || rolls_model) {
    model_trainer_ =
        std::make_unique<model_server::ModelTrainer>(*model, spec_, *replay_, weights_);
  }
  if (imagination) {
    imaginer_ = std::make_unique<imagination::Imaginer>(*dreams, spec_, *replay_, weights_);
  }
  // One file serves both ways to run: what only processes need is not wrong here.
  config.RequireAllKeysUsed({"cluster", "keys", "log", "metrics", "net", "pacing"});
  identity_ = RunIdentity::From(config);
}

void LockstepTrainer::Step() {
  if (env_steps() == 0 && learner_->version() == 0) learner_->Publish();
  // 1. every train_every real steps: train the model on all real rows, then imagine
  DYNA_CHECK(!offline() || replay_->Counters(kRealTable).value().size > 0);
  if (!in_blocks_ && ModelIsDue()) TrainModelAndImagine();
  // 2. act: one real step of every environment
  if (offline()) {
    ++offline_steps_;
  } else {
    Act();
  }
  if (in_blocks_ && ModelIsDue()) TrainModelAndImagine();
  // 3. update the learner as often as its ratio allows
  Update();
}

bool LockstepTrainer::ModelIsDue() const {
  const std::int64_t learning = env_steps() - learning_starts_;
  return model_trainer_ && learning >= 0 && learning % options_.train_every == 0;
}

void LockstepTrainer::Act() {
  const auto scope = clock_.Measure(Stage::kActing);
  const Status acted = actor_->Step();
  DYNA_CHECK_MSG(acted.ok(), acted.error().message);
  for (const auto& episode : actor_->TakeEpisodes()) {
    train_return_sum_ += episode.episode_return;
    ++train_episodes_;
    episodes_.push_back(episode);
  }
}

void LockstepTrainer::Update() {
  const auto scope = clock_.Measure(Stage::kUpdates);
  const double due = updates_per_step_ * static_cast<double>(offline_steps_);
  while (!offline() || static_cast<double>(updates() + 1) <= due) {
    const Status updated = learner_->Step();
    if (updated.ok()) continue;
    DYNA_CHECK_MSG(updated.error().code == ErrorCode::kBackpressure, updated.error().message);
    waiting_for_ = updated.error().message;
    return;
  }
}

void LockstepTrainer::TrainModelAndImagine() {
  const bool fitted =
      offline() && model_trainings_ >= static_cast<std::uint64_t>(options_.model_trainings_max);
  if (!fitted) {
    const auto scope = clock_.Measure(Stage::kModel);
    const auto trained = model_trainer_->Step();
    if (!trained.ok()) {  // too few rows yet
      waiting_for_ = trained.error().message;
      return;
    }
    ++model_trainings_;
    model_gradient_steps_ += static_cast<std::uint64_t>(trained.value().gradient_steps);
    model_holdout_mse_ = trained.value().holdout_mse_elites;
  }
  if (!imaginer_) return;
  const auto scope = clock_.Measure(Stage::kImagination);
  const auto imagined = imaginer_->Step();
  DYNA_CHECK_MSG(imagined.ok(), imagined.error().message);
  rollout_length_ = imagined.value().rollout_length;
  synthetic_dropped_ += static_cast<std::uint64_t>(imagined.value().dropped_nonfinite);
}

actors::Evaluation LockstepTrainer::Evaluate() {
  const auto scope = clock_.Measure(Stage::kEvaluation);
  return evaluator_->Evaluate(nn::Policy(policy()), evaluations_++,
                              actor_->environment(0).Snapshot());
}

std::vector<actors::Episode> LockstepTrainer::TakeEpisodes() {
  return std::exchange(episodes_, {});
}

}  // namespace dyna::cli
