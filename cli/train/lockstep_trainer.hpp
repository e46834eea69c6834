#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/actor_loop.hpp"
#include "actors/evaluator.hpp"
#include "cli/train/run_options.hpp"
#include "cli/train/stage_clock.hpp"
#include "common/config/config.hpp"
#include "common/core/state_dict.hpp"
#include "common/ports/weights_port.hpp"
#include "common/run/run_identity.hpp"
#include "learner/learner.hpp"
#include "model_server/imagination/imaginer.hpp"
#include "model_server/model_trainer.hpp"
#include "replay/local_replay_port.hpp"
#include "replay/replay_shard.hpp"

namespace dyna::cli {

/// Every core of the system in one process, stepped in a fixed order: deterministic bit for bit,
/// the reference that the cluster is measured against. Writes no file.
class LockstepTrainer {
 public:
  /// Reads every key of the config; ConfigError for any that is wrong or unknown.
  explicit LockstepTrainer(Config& config);
  LockstepTrainer(const LockstepTrainer&) = delete;  // the cores hold references into it
  LockstepTrainer& operator=(const LockstepTrainer&) = delete;

  /// For a new run with data.offline: reads its files and fills the real table with them, before
  /// anything else. DataError, and nothing is taken, when one does not fit.
  void FillFromFiles();
  /// Adds rows to the real table of a loaded run. The updates that they would pay for are given up,
  /// so that the run does not burst. DataError when they do not fit into the table.
  void Import(const TransitionBatch& rows);

  /// One real step of each of actor.environments, in the order of the official MBPO code
  /// (algorithms.md §1.1):
  ///   1. every train_every real steps: train the model on all real rows, then imagine
  ///   2. act: one real step of every environment
  ///   3. update the learner as often as its ratio allows
  /// An algorithm that learns in blocks wants a model of all its steps: there, 1. comes after 2.
  /// EnvironmentError, or what a core throws. Offline there is nothing to act in: 2. only counts.
  void Step();

  /// Plays evaluation episodes; training goes on as if nothing had happened.
  actors::Evaluation Evaluate();

  /// Columns of progress.csv, and one row of it.
  std::vector<std::string> ProgressColumns() const;
  std::vector<std::string> ProgressRow(const actors::Evaluation& evaluation);

  std::vector<actors::Episode> TakeEpisodes();

  const RunOptions& options() const noexcept { return options_; }
  const EnvSpec& spec() const noexcept { return spec_; }
  std::int64_t real_capacity() const;
  bool offline() const noexcept { return !options_.offline.empty(); }
  /// Steps of the run: of real environments or, offline, of training.
  std::int64_t env_steps() const noexcept {
    return offline() ? offline_steps_ : actor_->env_steps();
  }
  std::int64_t updates() const noexcept { return learner_->updates(); }
  std::int64_t rollout_length() const noexcept { return rollout_length_; }
  double model_holdout_mse() const noexcept { return model_holdout_mse_; }
  /// Why the learner last did not update: its limit in words (promise P10).
  const std::string& waiting_for() const noexcept { return waiting_for_; }
  const StageClock& clock() const noexcept { return clock_; }
  nn::PolicyWeights policy() const { return learner_->algorithm().ActWeights(); }

  void Save(StateDict& state) const;
  /// CheckpointError when the state is of another run.
  void Load(const StateDict& state);

 private:
  /// Whether model.train_every real steps have passed since the last training.
  bool ModelIsDue() const;
  void TrainModelAndImagine();
  void Act();
  void Update();
  void AppendReal(TransitionBatch rows);
  learner::Losses CurrentLosses() const;

  RunOptions options_;
  RunIdentity identity_;
  EnvSpec spec_;
  std::unique_ptr<replay::ReplayShard> shard_;
  std::unique_ptr<replay::LocalReplayPort> replay_;
  LocalWeightsPort weights_;
  std::unique_ptr<actors::ActorLoop> actor_;
  std::unique_ptr<actors::Evaluator> evaluator_;
  std::unique_ptr<learner::Learner> learner_;
  std::unique_ptr<model_server::ModelTrainer> model_trainer_;  ///< null when model-free
  std::unique_ptr<imagination::Imaginer> imaginer_;            ///< null when nothing is imagined
  bool in_blocks_ = false;                                     ///< how the algorithm learns
  std::int64_t learning_starts_ = 0;
  double updates_per_step_ = 0.0;
  std::int64_t offline_steps_ = 0;

  std::uint64_t evaluations_ = 0;
  std::uint64_t model_trainings_ = 0;
  std::uint64_t model_gradient_steps_ = 0;
  std::uint64_t synthetic_dropped_ = 0;
  std::int64_t rollout_length_ = 0;
  double model_holdout_mse_ = std::numeric_limits<double>::quiet_NaN();
  double train_return_sum_ = 0.0;    ///< of episodes since the last progress row
  std::int64_t train_episodes_ = 0;  ///< likewise
  std::vector<actors::Episode> episodes_;
  std::string waiting_for_;
  std::optional<learner::Losses> restored_losses_;  ///< until the first update after Load()
  std::int64_t restored_updates_ = -1;
  StageClock clock_;
};

}  // namespace dyna::cli
