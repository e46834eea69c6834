// The part of LockstepTrainer that reports: columns and rows of progress.csv.

#include <cmath>
#include <limits>
#include <utility>

#include "cli/train/lockstep_trainer.hpp"
#include "common/core/check.hpp"
#include "common/core/number_text.hpp"

namespace dyna::cli {
namespace {}  // namespace

std::vector<std::string> LockstepTrainer::ProgressColumns() const {
  std::vector<std::string> columns = {
      "env_steps",         "wall_seconds",      "updates",          "model_trainings",
      "synthetic_steps",   "rollout_length",    "eval_return_mean", "eval_return_std",
      "eval_episodes",     "model_holdout_mse", "critic_loss",      "eval_steps_mean",
      "train_return_mean", "train_episodes",    "epsilon",          "model_gradient_steps",
      "synthetic_dropped"};
  if (offline()) columns.emplace_back("offline_rows");
  for (const auto& [name, value] : learner_->algorithm().LastLosses()) {
    if (name != "critic_loss") columns.push_back(name);
  }
  columns.insert(columns.end(), kStageNames.begin(), kStageNames.end());
  return columns;
}

std::vector<std::string> LockstepTrainer::ProgressRow(const actors::Evaluation& evaluation) {
  const auto losses = CurrentLosses();
  const auto synthetic =
      imaginer_ ? replay_->Counters(kSyntheticTable).value().inserted : std::uint64_t{0};
  double eval_steps = 0.0;
  for (const auto steps : evaluation.steps) eval_steps += static_cast<double>(steps);
  const double train_return = train_episodes_ > 0
                                  ? train_return_sum_ / static_cast<double>(train_episodes_)
                                  : std::numeric_limits<double>::quiet_NaN();
  std::vector<std::string> row = {
      std::to_string(env_steps()),
      NumberText(clock_.total()),
      std::to_string(updates()),
      std::to_string(model_trainings_),
      std::to_string(synthetic),
      std::to_string(rollout_length_),
      NumberText(evaluation.return_mean()),
      NumberText(evaluation.return_std()),
      std::to_string(evaluation.returns.size()),
      NumberText(model_holdout_mse_),
      NumberText(learner::LossNamed(losses, "critic_loss")),
      NumberText(eval_steps / static_cast<double>(evaluation.steps.size())),
      NumberText(train_return),
      std::to_string(train_episodes_),
      NumberText(actor_->epsilon()),
      std::to_string(model_gradient_steps_),
      std::to_string(synthetic_dropped_)};
  if (offline()) row.push_back(std::to_string(replay_->Counters(kRealTable).value().size));
  for (const auto& [name, value] : losses) {
    if (name != "critic_loss") row.push_back(NumberText(value));
  }
  for (std::size_t i = 0; i < kStages; ++i) row.push_back(NumberText(clock_.seconds(i)));
  train_return_sum_ = 0.0;
  train_episodes_ = 0;
  return row;
}

learner::Losses LockstepTrainer::CurrentLosses() const {
  // Losses of the last update are not part of an algorithm's state; until the next update after a
  // resume the ones of the checkpoint stand.
  if (restored_losses_ && updates() == restored_updates_) return *restored_losses_;
  return learner_->algorithm().LastLosses();
}

}  // namespace dyna::cli
