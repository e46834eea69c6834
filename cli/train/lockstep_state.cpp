// The part of LockstepTrainer that saves and loads.

#include <algorithm>
#include <utility>

#include "cli/train/lockstep_trainer.hpp"
#include "common/core/error.hpp"

namespace dyna::cli {
namespace {

template <class Core>
void SaveUnder(StateDict& state, const std::string& prefix, const Core& core) {
  StateDict part;
  core.Save(part);
  state.Merge(prefix, std::move(part));
}

}  // namespace

void LockstepTrainer::Save(StateDict& state) const {
  state.PutString("config", identity_.Text());
  SaveUnder(state, "replay/", *shard_);
  SaveUnder(state, "actor/", *actor_);
  SaveUnder(state, "learner/", *learner_);
  if (model_trainer_) SaveUnder(state, "model_trainer/", *model_trainer_);
  if (imaginer_) SaveUnder(state, "imaginer/", *imaginer_);

  state.PutScalar<std::uint64_t>("trainer/evaluations", evaluations_);
  state.PutScalar<std::uint64_t>("trainer/model_trainings", model_trainings_);
  state.PutScalar<std::uint64_t>("trainer/model_gradient_steps", model_gradient_steps_);
  state.PutScalar<std::uint64_t>("trainer/synthetic_dropped", synthetic_dropped_);
  if (offline()) state.PutScalar<std::int64_t>("trainer/offline_steps", offline_steps_);
  state.PutScalar<std::int64_t>("trainer/rollout_length", rollout_length_);
  state.PutScalar<double>("trainer/model_holdout_mse", model_holdout_mse_);
  state.PutScalar<double>("trainer/train_return_sum", train_return_sum_);
  state.PutScalar<std::int64_t>("trainer/train_episodes", train_episodes_);
  std::vector<double> losses;
  for (const auto& [name, value] : CurrentLosses()) losses.push_back(value);
  state.Put("trainer/losses", losses);
  std::vector<double> seconds = {clock_.total()};
  for (std::size_t i = 0; i < kStages; ++i) seconds.push_back(clock_.seconds(i));
  state.Put("trainer/wall_seconds", seconds);
}

void LockstepTrainer::Load(const StateDict& state) {
  const std::string difference = identity_.DifferenceFrom(state.GetString("config"));
  if (!difference.empty()) throw CheckpointError("it belongs to another run: " + difference);
  // Replay first: the model trainer re-reads its rows, the learner publishes what actors fetch.
  shard_->Load(state.Sub("replay/"));
  actor_->Load(state.Sub("actor/"));
  learner_->Load(state.Sub("learner/"));
  if (model_trainer_) model_trainer_->Load(state.Sub("model_trainer/"));
  if (imaginer_) imaginer_->Load(state.Sub("imaginer/"));

  evaluations_ = state.GetScalar<std::uint64_t>("trainer/evaluations");
  model_trainings_ = state.GetScalar<std::uint64_t>("trainer/model_trainings");
  model_gradient_steps_ = state.GetScalar<std::uint64_t>("trainer/model_gradient_steps");
  synthetic_dropped_ = state.GetScalar<std::uint64_t>("trainer/synthetic_dropped");
  if (offline()) offline_steps_ = state.GetScalar<std::int64_t>("trainer/offline_steps");
  rollout_length_ = state.GetScalar<std::int64_t>("trainer/rollout_length");
  model_holdout_mse_ = state.GetScalar<double>("trainer/model_holdout_mse");
  train_return_sum_ = state.GetScalar<double>("trainer/train_return_sum");
  train_episodes_ = state.GetScalar<std::int64_t>("trainer/train_episodes");

  auto losses = learner_->algorithm().LastLosses();
  std::vector<double> values(losses.size());
  state.GetInto("trainer/losses", std::span<double>(values));
  for (std::size_t i = 0; i < losses.size(); ++i) losses[i].second = values[i];
  restored_losses_ = std::move(losses);
  restored_updates_ = learner_->updates();

  std::array<double, 1 + kStages> seconds{};
  state.GetInto("trainer/wall_seconds", std::span<double>(seconds));
  std::array<double, kStages> stages{};
  std::copy(seconds.begin() + 1, seconds.end(), stages.begin());
  clock_.Restore(seconds[0], stages);
}

}  // namespace dyna::cli
