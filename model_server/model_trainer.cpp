#include "model_server/model_trainer.hpp"

#include <torch/torch.h>

#include <algorithm>
#include <string>
#include <utility>

#include "common/core/check.hpp"
#include "common/core/number_text.hpp"
#include "model_server/dynamics/dataset.hpp"
#include "model_server/dynamics/dynamics_model.hpp"

namespace dyna::model_server {

using dynamics::Dataset;
using dynamics::MakeDynamicsModel;
using dynamics::SaveScope;
using dynamics::TrainReport;

namespace {

/// Elites have the lowest errors: if theirs are absurd, every member's are.
void RequireConverged(const TrainReport& report, double error_max) {
  if (report.holdout_mse.empty()) return;
  for (const std::int64_t e : report.elites) {
    const double error = report.holdout_mse[static_cast<std::size_t>(e)];
    if (error <= error_max) continue;  // false for NaN
    throw DivergenceError("the model diverged: hold-out MSE of member " + std::to_string(e) +
                          " = " + NumberText(error) +
                          ", above model.error_max = " + NumberText(error_max));
  }
}

}  // namespace

ModelTrainer::Options ModelTrainer::Options::From(Config& config, const EnvSpec& spec) {
  Options options;
  options.model = dynamics::ModelOptions::From(config, spec);
  options.error_max = config.GetDouble("model.error_max", options.error_max, 1.0, 1e30);
  options.rows_min = config.GetInt("model.rows_min", options.rows_min, 1, 1'000'000'000);
  return options;
}

ModelTrainer::ModelTrainer(const Options& options, const EnvSpec& spec, ReplayPort& replay,
                           WeightsPort& weights)
    : options_(options),
      replay_(replay),
      weights_(weights),
      dataset_(std::make_unique<Dataset>(options.model.shape)),
      model_(MakeDynamicsModel(options.model)) {
  const auto& shape = options.model.shape;
  DYNA_CHECK((spec.transition_shape() == TransitionShape{shape.obs_columns, shape.action_columns}));
}

ModelTrainer::~ModelTrainer() = default;

Result<TrainReport> ModelTrainer::Step() {
  // 1. read
  if (const Status read = ReadNewRows(); !read.ok()) return read.error();
  if (dataset_->rows() < options_.rows_min) {
    return Error{ErrorCode::kBackpressure,
                 "model training waits for " + std::to_string(options_.rows_min) +
                     " real rows and has " + std::to_string(dataset_->rows())};
  }
  // 2. train
  StateDict before;
  model_->Save(before, SaveScope::kContinue);
  TrainReport report = model_->Train(*dataset_);
  try {
    RequireConverged(report, options_.error_max);
  } catch (const DivergenceError&) {
    model_->Load(before, SaveScope::kContinue);
    throw;
  }
  // 3. publish
  ++version_;
  Publish();
  // 4. report
  return report;
}

Status ModelTrainer::ReadNewRows() {
  const Result<TableCounters> counters = replay_.Counters(kRealTable);
  if (!counters.ok()) return counters.error();
  dataset_->SetCapacity(std::max<std::int64_t>(counters.value().capacity, 1));
  while (true) {
    const Result<ReadBatch> read = replay_.ReadSince(kRealTable, cursor_, options_.read_rows_max);
    if (!read.ok()) return read.error();
    const ReadBatch& batch = read.value();
    rows_missed_ += batch.rows_missed;
    // A process that reads again what is left in replay gives rows the numbers of its earlier life.
    if (dataset_->rows() == 0) dataset_->Skip(static_cast<std::int64_t>(batch.rows_missed));
    cursor_ = batch.next_cursor;
    if (batch.rows.size() == 0) return Done{};
    dataset_->Append(batch.rows);
  }
}

void ModelTrainer::Publish() {
  auto blob = std::make_shared<WeightsBlob>();
  blob->version = version_;
  model_->Save(blob->arrays, SaveScope::kPredict);
  weights_.Publish(kModelWeights, std::move(blob));
}

void ModelTrainer::SaveModel(StateDict& state) const {
  StateDict part;
  model_->Save(part, SaveScope::kContinue);
  state.Merge("model/", std::move(part));
  state.PutScalar<std::uint64_t>("version", version_);
}

void ModelTrainer::LoadModel(const StateDict& state, std::uint64_t published) {
  model_->Load(state.Sub("model/"), SaveScope::kContinue);
  version_ = state.GetScalar<std::uint64_t>("version");
  if (published > version_) version_ = published + 1;
  if (version_ > 0) Publish();
}

void ModelTrainer::Save(StateDict& state) const {
  SaveModel(state);
  StateDict data;
  dataset_->Save(data);
  state.Merge("dataset/", std::move(data));
  state.PutScalar<std::uint64_t>("cursor", cursor_);
  state.PutScalar<std::uint64_t>("rows_missed", rows_missed_);
}

void ModelTrainer::Load(const StateDict& state) {
  model_->Load(state.Sub("model/"), SaveScope::kContinue);
  dataset_->Load(state.Sub("dataset/"));
  cursor_ = state.GetScalar<std::uint64_t>("cursor");
  rows_missed_ = state.GetScalar<std::uint64_t>("rows_missed");
  version_ = state.GetScalar<std::uint64_t>("version");
  const bool port_is_behind =
      version_ > 0 && weights_.FetchIfNewer(kModelWeights, version_ - 1) == nullptr;
  if (port_is_behind) Publish();
}

}  // namespace dyna::model_server
