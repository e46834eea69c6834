#include "model_server/dynamics/block_trainer.hpp"

#include <torch/torch.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <span>

#include "common/core/check.hpp"
#include "common/core/error.hpp"
#include "model_server/dynamics/early_stopper.hpp"
#include "model_server/dynamics/ensemble_score.hpp"
#include "model_server/dynamics/paired_stopper.hpp"
#include "model_server/dynamics/row_index.hpp"
#include "model_server/dynamics/row_traits.hpp"

namespace dyna::dynamics {
namespace {

constexpr std::size_t kTestRowsMin = 2;  // a paired test needs a variance

/// On every row seen: labels do not matter to what is a scale.
void FitNormalizers(Ensemble& ensemble, const Dataset& data) {
  const ModelOptions& options = ensemble.options;
  const at::Tensor all = torch::arange(data.rows(), torch::kInt64);
  ensemble.input.Fit(data.inputs(), all, options.std_min);
  if (!options.normalize_actions) ensemble.input.Exempt(options.shape.obs_columns);
  if (options.normalize_targets) ensemble.target.Fit(data.targets(), all, options.std_min);
}

/// What is left of a limit where 0 means none.
std::int64_t OrNoLimit(std::int64_t limit) {
  return limit > 0 ? limit : std::numeric_limits<std::int64_t>::max();
}

}  // namespace

BlockTrainer::BlockTrainer(const Ensemble& ensemble)
    : seed_(ensemble.options.seed), rng_(ensemble.options.seed, "model.rows") {}

BlockTrainer::Rows BlockTrainer::DrawRows(const ModelOptions& options, const Dataset& data) {
  std::vector<std::int64_t> chosen(static_cast<std::size_t>(data.rows()));
  std::iota(chosen.begin(), chosen.end(), std::int64_t{0});
  Shuffle(chosen, rng_);
  if (options.rows_max > 0 && data.rows() > options.rows_max) {
    chosen.resize(static_cast<std::size_t>(options.rows_max));
  }
  Rows rows;
  for (const std::int64_t row : chosen) {
    if (!IsValidationRow(seed_, data.number(row), options.holdout_fraction)) {
      rows.train.push_back(row);
    } else if (static_cast<std::int64_t>(rows.validation.size()) < options.holdout_rows_max) {
      rows.validation.push_back(row);
    }
  }
  if (!options.bootstrap) return rows;
  rows.weights = torch::ones({data.rows(), options.members}, torch::kFloat32);
  const auto members = static_cast<std::size_t>(options.members);
  for (const std::int64_t row : rows.train) {
    float* weights = rows.weights.data_ptr<float>() + row * options.members;
    DrawRowWeights(seed_, data.number(row), {weights, members});
  }
  return rows;
}

TrainReport BlockTrainer::Train(Ensemble& ensemble, const Dataset& data) {
  const torch::NoGradGuard no_grad;
  const ModelOptions& options = ensemble.options;
  DYNA_CHECK(data.rows() >= 1 && data.shape() == options.shape);
  TrainReport report{.rows = data.rows()};
  report.holdout_mse_elites = std::numeric_limits<double>::quiet_NaN();
  report.elites = ensemble.elites;
  // 1. rows and statistics
  FitNormalizers(ensemble, data);
  Rows rows = DrawRows(options, data);
  const bool tested = rows.validation.size() >= kTestRowsMin;
  const Batch validation = tested ? GatherBatch(ensemble, data, rows.validation) : Batch{};
  const auto scores = [&] {
    return RowScores(ensemble, MemberMeans(ensemble, validation.inputs), validation.targets);
  };
  // 2. epochs
  const std::int64_t factor = trainings_++ == 0 ? options.first_training_factor : 1;
  const std::int64_t steps_max = OrNoLimit(options.steps_max);
  std::int64_t epochs_max = OrNoLimit(options.epochs_max * factor);
  const bool uncapped = options.epochs_max == 0 && options.steps_max == 0;
  if (!tested && uncapped) epochs_max = 1;  // too few rows to know when to stop
  if (rows.train.empty()) epochs_max = 0;
  EnsembleOptimizer optimizer(ensemble);
  PairedStopper stopper({.p_best = options.improvement_p,
                         .p_reset = options.reset_p,
                         .patience_epochs = options.patience_epochs * factor},
                        tested ? scores() : std::vector<double>{});
  const at::Tensor before = ensemble.net.params().clone();
  at::Tensor best = before.clone();
  const std::int64_t first_step = steps_;
  while (report.epochs < epochs_max && report.gradient_steps < steps_max &&
         !stopper.should_stop()) {
    report.train_loss = Epoch(ensemble, data, optimizer, rows, steps_max - report.gradient_steps);
    report.gradient_steps = steps_ - first_step;
    ++report.epochs;
    if (tested && stopper.Observe(scores())) best.copy_(ensemble.net.params());
  }
  // 3. restore
  if (tested) ensemble.net.params().copy_(best);
  optimizer.RepairDiverged(ensemble, before);
  // 4. errors
  if (!tested) return report;
  report.holdout_mse = MemberErrors(MemberMeans(ensemble, validation.inputs), validation.targets);
  ensemble.elites = LowestErrors(report.holdout_mse, options.elites);
  report.elites = ensemble.elites;
  report.holdout_mse_elites = 0.0;
  for (const std::int64_t e : ensemble.elites) {
    report.holdout_mse_elites += report.holdout_mse[static_cast<std::size_t>(e)] /
                                 static_cast<double>(ensemble.elites.size());
  }
  return report;
}

double BlockTrainer::Epoch(Ensemble& ensemble, const Dataset& data, EnsembleOptimizer& optimizer,
                           Rows& rows, std::int64_t batches_max) {
  const ModelOptions& options = ensemble.options;
  const std::size_t batch =
      std::min(static_cast<std::size_t>(options.batch_rows), rows.train.size());
  const auto whole = static_cast<std::int64_t>(rows.train.size() / batch);
  const std::int64_t batches = std::min({whole, OrNoLimit(options.epoch_batches_max), batches_max});
  double loss = 0.0;
  for (std::int64_t i = 0; i < batches; ++i) {
    if (rows.next + batch > rows.train.size()) {  // the last, partial batch is dropped
      Shuffle(rows.train, rng_);
      rows.next = 0;
    }
    const auto part = std::span<const std::int64_t>(rows.train).subspan(rows.next, batch);
    const std::vector<std::span<const std::int64_t>> shared(
        static_cast<std::size_t>(options.members), part);
    loss += optimizer.Step(
        ensemble, data, shared,
        {.weights = rows.weights, .seed = seed_, .number = static_cast<std::uint64_t>(steps_)});
    rows.next += batch;
    ++steps_;
  }
  return loss / static_cast<double>(batches);
}

void BlockTrainer::Save(StateDict& state) const {
  state.PutRng("rng_rows", rng_);
  state.PutScalar<std::uint64_t>("seed", seed_);
  state.PutScalar<std::int64_t>("trainings", trainings_);
  state.PutScalar<std::int64_t>("steps", steps_);
}

void BlockTrainer::Load(const StateDict& state) {
  state.GetRng("rng_rows", rng_);
  seed_ = state.GetScalar<std::uint64_t>("seed");
  trainings_ = state.GetScalar<std::int64_t>("trainings");
  steps_ = state.GetScalar<std::int64_t>("steps");
  if (trainings_ < 0 || steps_ < 0) {
    throw CheckpointError("entries 'trainings' and 'steps' of the model are negative");
  }
}

}  // namespace dyna::dynamics
