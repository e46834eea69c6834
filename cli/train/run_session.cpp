#include "cli/train/run_session.hpp"

#include <cmath>
#include <cstdio>
#include <utility>

#include "common/core/error.hpp"
#include "common/core/number_text.hpp"

namespace dyna::cli {
namespace {

const std::vector<std::string> kEpisodeColumns = {"episode", "env_steps",  "steps",
                                                  "return",  "terminated", "wall_seconds"};

}  // namespace

RunSession::RunSession(RunFolder folder, std::unique_ptr<LockstepTrainer> trainer, CsvFile progress,
                       CsvFile episodes)
    : folder_(std::move(folder)),
      trainer_(std::move(trainer)),
      progress_(std::move(progress)),
      episodes_(std::move(episodes)),
      view_(telemetry::ProgressView::ForStderr()),
      shown_at_(trainer_->clock().total()),
      shown_step_(trainer_->env_steps()) {}

RunSession RunSession::Begin(RunFolder folder, std::unique_ptr<LockstepTrainer> trainer,
                             bool tensorboard) {
  auto progress = CsvFile::Create(folder.progress_path(), trainer->ProgressColumns());
  auto episodes = CsvFile::Create(folder.episodes_path(), kEpisodeColumns);
  RunSession session(std::move(folder), std::move(trainer), std::move(progress),
                     std::move(episodes));
  if (tensorboard) {
    session.tensorboard_ = TensorboardFile::Create(session.folder_.tensorboard_path());
  }
  session.view_.Print(
      "run " + session.folder_.path().string() + ": " + session.trainer_->spec().name + ", seed " +
      std::to_string(session.trainer_->options().seed) + ", " +
      std::to_string(session.trainer_->options().steps) +
      (session.trainer_->offline() ? " steps of training on recorded transitions" : " real steps"));
  session.Evaluate();  // before any step: where learning starts from
  session.SaveCheckpoint();
  return session;
}

RunSession RunSession::Resume(RunFolder folder, std::unique_ptr<LockstepTrainer> trainer) {
  const auto loaded = folder.checkpoints().LoadLatest();
  for (const auto& reason : loaded.refused) {
    std::fprintf(stderr, "warning: %s; using an older one\n", reason.c_str());
  }
  try {
    trainer->Load(loaded.state.Sub("run/"));
  } catch (const CheckpointError& error) {
    throw CheckpointError("checkpoint '" + loaded.path.string() + "': " + error.what());
  }
  auto progress = CsvFile::Resume(folder.progress_path(),
                                  loaded.state.GetScalar<std::uint64_t>("progress_bytes"));
  auto episodes = CsvFile::Resume(folder.episodes_path(),
                                  loaded.state.GetScalar<std::uint64_t>("episodes_bytes"));
  RunSession session(std::move(folder), std::move(trainer), std::move(progress),
                     std::move(episodes));
  if (loaded.state.Has("tensorboard_bytes")) {
    session.tensorboard_ =
        TensorboardFile::Resume(session.folder_.tensorboard_path(),
                                loaded.state.GetScalar<std::uint64_t>("tensorboard_bytes"));
  }
  session.view_.Print("resuming from " + loaded.path.string());
  return session;
}

bool RunSession::Run(const SignalStop& stop) {
  const RunOptions& options = trainer_->options();
  while (trainer_->env_steps() < options.steps && !stop.requested()) {
    StepOnce();
    const std::int64_t step = trainer_->env_steps();
    if (step % options.eval_every == 0 || step == options.steps) Evaluate();
    const bool due = options.checkpoint_every > 0 && step % options.checkpoint_every == 0;
    if (due || step == options.steps) SaveCheckpoint();
    ShowProgress();
  }
  if (trainer_->env_steps() < options.steps) {
    SaveCheckpoint();
    view_.Print("stopped at step " + std::to_string(trainer_->env_steps()) +
                "; checkpoint saved. To go on:\n  dyna train --resume " + folder_.path().string());
    return false;
  }
  view_.Print("done: " + folder_.progress_path().string() + "\n  dyna eval " +
              folder_.path().string());
  return true;
}

void RunSession::StepOnce() {
  try {
    trainer_->Step();
  } catch (const DivergenceError& error) {
    WriteEpisodes();
    SaveCheckpoint();
    throw DivergenceError("stopped at step " + std::to_string(trainer_->env_steps()) + ": " +
                          error.what() + "; the last good state is saved in " +
                          (folder_.path() / "checkpoints").string());
  } catch (const EnvironmentError& error) {
    WriteEpisodes();
    SaveCheckpoint();
    throw EnvironmentError(SavedAfter(error.what()));
  }
  WriteEpisodes();
}

std::string RunSession::SavedAfter(const std::string& error) const {
  return "stopped at step " + std::to_string(trainer_->env_steps()) + ": " + error +
         "\nThe run is saved. When the environment is mended:\n  dyna train --resume " +
         folder_.path().string();
}

actors::Evaluation RunSession::PlayEvaluation() {
  try {
    return trainer_->Evaluate();
  } catch (const EnvironmentError& error) {
    SaveCheckpoint();
    throw EnvironmentError(SavedAfter(error.what()));
  }
}

void RunSession::Evaluate() {
  const auto evaluation = PlayEvaluation();
  eval_return_ = evaluation.return_mean();
  const auto row = trainer_->ProgressRow(evaluation);
  progress_.Append(row);
  if (tensorboard_) {
    tensorboard_->Append(trainer_->env_steps(), ScalarsOf(trainer_->ProgressColumns(), row));
  }
  char text[160];
  std::snprintf(text, sizeof text, "step %9lld  return %9.2f +- %-7.2f  updates %8lld",
                static_cast<long long>(trainer_->env_steps()), evaluation.return_mean(),
                evaluation.return_std(), static_cast<long long>(trainer_->updates()));
  std::string line = text;
  if (!std::isnan(trainer_->model_holdout_mse())) {
    std::snprintf(text, sizeof text, "  model mse %-9.3g  k %-3lld", trainer_->model_holdout_mse(),
                  static_cast<long long>(trainer_->rollout_length()));
    line += text;
  }
  line += "  " + telemetry::ClockText(trainer_->clock().total());
  view_.Print(line);
  if (trainer_->updates() == 0 && trainer_->env_steps() > 0) {
    view_.Print("  no update yet: " + trainer_->waiting_for());
  }
}

void RunSession::WriteEpisodes() {
  for (const auto& episode : trainer_->TakeEpisodes()) {
    episodes_.Append({std::to_string(episode.index), std::to_string(episode.env_steps),
                      std::to_string(episode.steps), NumberText(episode.episode_return),
                      episode.terminated ? "1" : "0", NumberText(trainer_->clock().total())});
  }
}

void RunSession::SaveCheckpoint() {
  StateDict state;
  StateDict run;
  trainer_->Save(run);
  state.Merge("run/", std::move(run));
  // The CSV files first: a checkpoint must never promise rows that are not on the disk.
  state.PutScalar<std::uint64_t>("progress_bytes", progress_.Sync());
  state.PutScalar<std::uint64_t>("episodes_bytes", episodes_.Sync());
  if (tensorboard_) {
    state.PutScalar<std::uint64_t>("tensorboard_bytes", tensorboard_->Sync());
  }
  folder_.checkpoints().Save(trainer_->env_steps(), state);
}

void RunSession::ShowProgress() {
  const double now = trainer_->clock().total();
  if (now - shown_at_ > 1.0) {
    steps_per_second_ =
        static_cast<double>(trainer_->env_steps() - shown_step_) / (now - shown_at_);
    shown_at_ = now;
    shown_step_ = trainer_->env_steps();
  }
  const double mse = trainer_->model_holdout_mse();
  view_.Update({.step = trainer_->env_steps(),
                .steps = trainer_->options().steps,
                .updates = trainer_->updates(),
                .rollout_length = trainer_->rollout_length(),
                .wall_seconds = now,
                .steps_per_second = steps_per_second_,
                .eval_return = eval_return_,
                .model_mse = std::isnan(mse) ? std::nullopt : std::optional<double>(mse)},
               now);
}

}  // namespace dyna::cli
