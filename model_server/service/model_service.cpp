#include "model_server/service/model_service.hpp"

#include <string>
#include <utility>
#include <vector>

#include "common/checkpoint/checkpoint_folder.hpp"
#include "common/core/check.hpp"
#include "common/nn/torch/compute.hpp"
#include "common/telemetry/metric_names.hpp"

namespace dyna::model_server {
namespace {

namespace m = telemetry::metrics;
using net::Milliseconds;

constexpr Milliseconds kTurn{20};
constexpr std::int64_t kStepsMax = 1'000'000'000;

/// Keys that a model server which goes on must find as they were.
bool ShapesModel(const std::string& key) {
  const bool own = key.starts_with("model.") && key != "model.bind" && key != "model.folder";
  return own || key.starts_with("env.");
}

}  // namespace

ModelService::ModelService(service::Host& host, const service::ClusterOptions& cluster,
                           const EnvSpec& spec)
    : host_(host),
      version_series_(host.metrics().gauge(m::kModelVersion)),
      trainings_series_(host.metrics().counter(m::kModelTrainings)),
      rows_series_(host.metrics().counter(m::kModelRows)) {
  Config& config = host.config();
  nn::SetCompute(nn::ComputeOptions::From(config));
  const auto options = ModelTrainer::Options::From(config, spec);
  const std::int64_t random_steps = config.GetInt("actor.random_steps", 0, 0, kStepsMax);
  learning_starts_ = config.GetInt("learner.learning_starts", random_steps, 0, kStepsMax);
  train_every_ = config.GetInt("model.train_every", 250, 1, kStepsMax);
  const std::string bind = config.GetString("model.bind", cluster.model_server.text());
  folder_ = config.GetString("model.folder", "runs/" + host.identity().run + "/model_server");
  host.RequireAllKeysUsed();
  identity_ = RunIdentity::From(config, ShapesModel);

  service::SetEnvironment(host, spec);
  server_ =
      std::make_unique<WeightsServer>(host, host.security().Listen("model.bind", bind), desk_);
  replay_ = std::make_unique<ShardPool>(host.context(), service::PoolOptions(host, cluster, spec),
                                        &host.socket_events());
  learner_ = service::Connect(host, wire::Role::kLearner, cluster.learner);
  reporter_.emplace(host, *learner_);
  std::filesystem::create_directories(folder_);
  weights_.emplace(folder_ / "model_version", 1, desk_);
  trainer_ = std::make_unique<ModelTrainer>(options, spec, replay_->port(), *weights_);
  OpenFolder();
  version_series_.Set(static_cast<double>(trainer_->version()));
  rows_series_.Follow(static_cast<double>(trained_rows_));
}

void ModelService::OpenFolder() {
  const CheckpointFolder checkpoints(folder_);
  if (checkpoints.Files().empty()) return;
  const auto loaded = checkpoints.LoadLatest();
  for (const std::string& why : loaded.refused) {
    host_.log().Warning("checkpoint refused", {{"reason", why}});
  }
  const std::string difference = identity_.DifferenceFrom(loaded.state.GetString("config"));
  if (!difference.empty()) {
    throw OperatorError("'" + loaded.path.string() + "' is of another run: " + difference);
  }
  trainer_->LoadModel(loaded.state.Sub("trainer/"), weights_->reserved());
  trained_rows_ = loaded.state.GetScalar<std::int64_t>("trained_rows");
  gradient_steps_ = loaded.state.GetScalar<std::int64_t>("gradient_steps");
  host_.log().Info("resumed", {{"checkpoint", loaded.path.string()},
                               {"version", trainer_->version()},
                               {"trained_rows", trained_rows_}});
}

void ModelService::SaveCheckpoint() const {
  StateDict trainer;
  trainer_->SaveModel(trainer);
  StateDict state;
  state.Merge("trainer/", std::move(trainer));
  state.PutString("config", identity_.Text());
  state.PutScalar<std::int64_t>("trained_rows", trained_rows_);
  state.PutScalar<std::int64_t>("gradient_steps", gradient_steps_);
  CheckpointFolder(folder_).Save(trained_rows_, state);
}

void ModelService::Run() {
  const std::vector<const net::Pollable*> sockets = {replay_.get(), learner_.get()};
  while (!host_.stopping()) {
    replay_->Poll();
    learner_->Poll(Milliseconds(0));
    reporter_->Poll();
    host_.Tick();
    if (Due()) {
      Train();
      continue;
    }
    host_.states().Enter("waiting_for_real_steps", waits_for_);
    net::WaitForAny(sockets, kTurn);
  }
}

bool ModelService::Due() {
  const auto counters = replay_->port().Counters(kRealTable);
  if (!counters.ok()) {
    waits_for_ = replay_->WaitsFor(counters.error());
    return false;
  }
  const auto steps = static_cast<std::int64_t>(counters.value().inserted);
  desk_.set_env_steps(counters.value().inserted);
  const std::int64_t next = trainer_->version() == 0 ? std::max<std::int64_t>(learning_starts_, 1)
                                                     : trained_rows_ + train_every_;
  waits_for_ =
      "model.train_every: " + std::to_string(steps) + " real steps of " + std::to_string(next);
  if (steps < next) return false;
  trained_rows_ = steps;
  return true;
}

void ModelService::Train() {
  // Reading from remote shards takes several turns: the trainer keeps what it has read.
  while (!host_.stopping()) {
    host_.states().Enter("training");
    const auto trained = trainer_->Step();
    if (trained.ok()) {
      const dynamics::TrainReport& report = trained.value();
      gradient_steps_ += report.gradient_steps;
      reporter_->Set({{"model_version", static_cast<double>(trainer_->version())},
                      {"trained_rows", static_cast<double>(trained_rows_)},
                      {"gradient_steps", static_cast<double>(gradient_steps_)},
                      {"holdout_mse", report.holdout_mse_elites}});
      Show(report);
      host_.log().Info("trained", {{"version", trainer_->version()},
                                   {"rows", report.rows},
                                   {"epochs", report.epochs},
                                   {"holdout_mse", report.holdout_mse_elites}});
      SaveCheckpoint();
      return;
    }
    if (trained.error().code == ErrorCode::kBackpressure) return;
    DYNA_CHECK_MSG(trained.error().code == ErrorCode::kTimeout, trained.error().message);
    replay_->Poll();
    const std::vector<const net::Pollable*> sockets = {replay_.get()};
    net::WaitForAny(sockets, kTurn);
  }
}

void ModelService::Show(const dynamics::TrainReport& report) {
  version_series_.Set(static_cast<double>(trainer_->version()));
  trainings_series_.Add();
  rows_series_.Follow(static_cast<double>(trained_rows_));
  for (std::size_t i = holdout_series_.size(); i < report.holdout_mse.size(); ++i) {
    holdout_series_.push_back(host_.metrics().gauge(m::kModelHoldoutLoss, {std::to_string(i)}));
  }
  for (std::size_t i = 0; i < report.holdout_mse.size(); ++i) {
    holdout_series_[i].Set(report.holdout_mse[i]);
  }
}

}  // namespace dyna::model_server
