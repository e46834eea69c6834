#include "learner/service/run_log.hpp"

#include <cmath>
#include <limits>
#include <utility>

#include "common/core/number_text.hpp"

namespace dyna::learner {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Mean and population standard deviation of the returns.
std::pair<double, double> Moments(const wire::EvaluationReport& report) {
  const auto n = static_cast<double>(report.episodes.size());
  double mean = 0.0;
  for (const auto& episode : report.episodes) mean += episode.episode_return / n;
  double variance = 0.0;
  for (const auto& episode : report.episodes) {
    variance += (episode.episode_return - mean) * (episode.episode_return - mean) / n;
  }
  return {mean, std::sqrt(variance)};
}

std::vector<std::string> Columns(const Losses& losses) {
  std::vector<std::string> columns = {
      "env_steps",         "wall_seconds",    "updates",
      "model_trainings",   "synthetic_steps", "rollout_length",
      "eval_return_mean",  "eval_return_std", "eval_episodes",
      "model_holdout_mse", "critic_loss",     "eval_steps_mean",
      "train_return_mean", "train_episodes",  "model_gradient_steps",
      "synthetic_dropped"};
  for (const auto& [name, value] : losses) {
    if (name != "critic_loss") columns.push_back(name);
  }
  return columns;
}

std::string Count(double value) {
  return std::isnan(value) ? "0" : std::to_string(static_cast<std::int64_t>(value));
}

}  // namespace

RunLog RunLog::Begin(const RunFolder& folder, const Losses& losses, bool tensorboard) {
  RunLog log(CsvFile::Create(folder.progress_path(), Columns(losses)),
             CsvFile::Create(folder.episodes_path(), {"actor", "episode", "actor_steps", "steps",
                                                      "return", "terminated", "wall_seconds"}));
  log.columns_ = Columns(losses);
  if (tensorboard) log.tensorboard_ = TensorboardFile::Create(folder.tensorboard_path());
  return log;
}

RunLog RunLog::Resume(const RunFolder& folder, const Losses& losses, const StateDict& state) {
  RunLog log(
      CsvFile::Resume(folder.progress_path(), state.GetScalar<std::uint64_t>("progress_bytes")),
      CsvFile::Resume(folder.episodes_path(), state.GetScalar<std::uint64_t>("episodes_bytes")));
  log.columns_ = Columns(losses);
  if (state.Has("tensorboard_bytes")) {
    log.tensorboard_ = TensorboardFile::Resume(folder.tensorboard_path(),
                                               state.GetScalar<std::uint64_t>("tensorboard_bytes"));
  }
  log.evaluations_ = state.GetScalar<std::uint64_t>("evaluations");
  log.evaluated_at_ = state.GetScalar<std::uint64_t>("evaluated_at");
  return log;
}

void RunLog::OnReport(const wire::Report& report) {
  Scalars& scalars = reports_[{report.role, report.instance}];
  for (const auto& [name, value] : report.scalars) scalars[name] = value;
}

void RunLog::OnEpisodes(const wire::EpisodeReport& report, double wall_seconds) {
  std::uint64_t& next = next_episode_[{report.producer, report.epoch}];
  for (const auto& episode : report.episodes) {
    if (episode.index < next) continue;
    next = episode.index + 1;
    train_return_sum_ += episode.episode_return;
    ++train_episodes_;
    episodes_.Append({report.instance, std::to_string(episode.index),
                      std::to_string(episode.env_steps), std::to_string(episode.steps),
                      NumberText(episode.episode_return), episode.terminated ? "1" : "0",
                      NumberText(wall_seconds)});
  }
}

std::optional<double> RunLog::OnEvaluation(const wire::EvaluationReport& report,
                                           const Progress& progress) {
  if (report.episodes.empty() || report.env_steps <= evaluated_at_) return std::nullopt;
  evaluated_at_ = report.env_steps;
  ++evaluations_;
  const auto [mean, deviation] = Moments(report);
  double steps = 0.0;
  for (const auto& episode : report.episodes) steps += static_cast<double>(episode.steps);
  steps /= static_cast<double>(report.episodes.size());
  const double train_return =
      train_episodes_ > 0 ? train_return_sum_ / static_cast<double>(train_episodes_) : kNaN;
  std::vector<std::string> row = {std::to_string(report.env_steps),
                                  NumberText(progress.wall_seconds),
                                  std::to_string(progress.updates),
                                  Count(Scalar(wire::Role::kModelServer, "model_version")),
                                  std::to_string(progress.synthetic_steps),
                                  Count(Scalar(wire::Role::kImagination, "rollout_length")),
                                  NumberText(mean),
                                  NumberText(deviation),
                                  std::to_string(report.episodes.size()),
                                  NumberText(Scalar(wire::Role::kModelServer, "holdout_mse")),
                                  NumberText(LossNamed(progress.losses, "critic_loss")),
                                  NumberText(steps),
                                  NumberText(train_return),
                                  std::to_string(train_episodes_),
                                  Count(Scalar(wire::Role::kModelServer, "gradient_steps")),
                                  Count(Scalar(wire::Role::kImagination, "dropped"))};
  for (const auto& [name, value] : progress.losses) {
    if (name != "critic_loss") row.push_back(NumberText(value));
  }
  progress_.Append(row);
  if (tensorboard_) {
    tensorboard_->Append(static_cast<std::int64_t>(report.env_steps), ScalarsOf(columns_, row));
  }
  train_return_sum_ = 0.0;
  train_episodes_ = 0;
  return mean;
}

double RunLog::Scalar(wire::Role role, const std::string& name) const {
  double sum = kNaN;
  for (const auto& [from, scalars] : reports_) {
    const auto found = scalars.find(name);
    if (from.first != role || found == scalars.end()) continue;
    const bool adds_up = name == "dropped";
    sum = std::isnan(sum) || !adds_up ? found->second : sum + found->second;
  }
  return sum;
}

void RunLog::Save(StateDict& state) {
  state.PutScalar<std::uint64_t>("progress_bytes", progress_.Sync());
  state.PutScalar<std::uint64_t>("episodes_bytes", episodes_.Sync());
  if (tensorboard_) {
    state.PutScalar<std::uint64_t>("tensorboard_bytes", tensorboard_->Sync());
  }
  state.PutScalar<std::uint64_t>("evaluations", evaluations_);
  state.PutScalar<std::uint64_t>("evaluated_at", evaluated_at_);
}

}  // namespace dyna::learner
