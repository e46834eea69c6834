#include "model_server/dynamics/ensemble_trainer.hpp"

#include <torch/torch.h>

#include <algorithm>
#include <limits>
#include <span>

#include "common/core/check.hpp"
#include "common/nn/torch/parallel.hpp"
#include "model_server/dynamics/early_stopper.hpp"

namespace dyna::dynamics {
namespace {

/// A view: `rows` must outlive the tensor.
at::Tensor IndexTensor(std::span<const std::int64_t> rows) {
  return torch::from_blob(const_cast<std::int64_t*>(rows.data()),
                          {static_cast<std::int64_t>(rows.size())}, torch::kInt64);
}

}  // namespace

EnsembleTrainer::EnsembleTrainer(const Ensemble& ensemble)
    : optimizer_(ensemble), rng_(ensemble.options.seed, "model.rows") {}

TrainReport EnsembleTrainer::Train(Ensemble& ensemble, const Dataset& data) {
  const torch::NoGradGuard no_grad;
  const ModelOptions& options = ensemble.options;
  DYNA_CHECK(data.rows() >= 1 && data.shape() == options.shape);
  // 1. rows and statistics
  HoldoutSplit split =
      SplitHoldout(data.rows(), options.holdout_fraction, options.holdout_rows_max, rng_);
  MemberRows rows = DrawMemberRows(split.train, options.members, options.bootstrap, rng_);
  FitNormalizers(ensemble, data, split.train);
  Holdout holdout;
  if (!split.holdout.empty()) {
    const Batch batch = GatherBatch(ensemble, data, split.holdout);
    holdout = {.inputs = batch.inputs, .targets = batch.targets};
  }
  // 2. epochs
  const at::Tensor before = ensemble.net.params().clone();
  at::Tensor best = before.clone();
  EarlyStopper stopper(options.members, options.improvement_min, options.patience_epochs);
  const std::int64_t no_cap = std::numeric_limits<std::int64_t>::max();
  const std::int64_t steps_max = options.steps_max > 0 ? options.steps_max : no_cap;
  std::int64_t epochs_max = options.epochs_max > 0 ? options.epochs_max : no_cap;
  const bool uncapped = epochs_max == no_cap && steps_max == no_cap;
  if (holdout.rows() == 0 && uncapped) epochs_max = 1;  // too few rows to know when to stop
  TrainReport report{.rows = data.rows()};
  while (report.epochs < epochs_max && report.gradient_steps < steps_max &&
         !stopper.should_stop()) {
    ShuffleMemberRows(rows, rng_);
    report.train_loss =
        Epoch(ensemble, data, rows, steps_max - report.gradient_steps, report.gradient_steps);
    ++report.epochs;
    if (holdout.rows() == 0) continue;
    for (const std::int64_t e : stopper.Observe(HoldoutErrors(ensemble, holdout))) {
      best.select(0, e).copy_(ensemble.net.params().select(0, e));
    }
  }
  // 3. restore
  if (holdout.rows() > 0) ensemble.net.params().copy_(best);
  optimizer_.RepairDiverged(ensemble, before);
  // 4. elites
  report.holdout_mse_elites = std::numeric_limits<double>::quiet_NaN();
  if (holdout.rows() > 0) {
    report.holdout_mse = HoldoutErrors(ensemble, holdout);
    ensemble.elites = LowestErrors(report.holdout_mse, options.elites);
    double sum = 0.0;
    for (const std::int64_t e : ensemble.elites) {
      sum += report.holdout_mse[static_cast<std::size_t>(e)];
    }
    report.holdout_mse_elites = sum / static_cast<double>(ensemble.elites.size());
  }
  report.elites = ensemble.elites;
  return report;
}

double EnsembleTrainer::Epoch(Ensemble& ensemble, const Dataset& data, const MemberRows& rows,
                              std::int64_t steps_left, std::int64_t& steps) {
  const std::size_t total = rows[0].size();
  const auto batch = static_cast<std::size_t>(ensemble.options.batch_rows);
  std::vector<std::span<const std::int64_t>> parts(rows.size());
  double loss = 0.0;
  std::int64_t batches = 0;
  for (std::size_t begin = 0; begin < total && batches < steps_left; begin += batch) {
    const std::size_t count = std::min(batch, total - begin);
    for (std::size_t e = 0; e < rows.size(); ++e) {
      parts[e] = std::span<const std::int64_t>(rows[e]).subspan(begin, count);
    }
    loss += optimizer_.Step(ensemble, data, parts);
    ++batches;
  }
  steps += batches;
  return loss / static_cast<double>(batches);
}

void EnsembleTrainer::FitNormalizers(Ensemble& ensemble, const Dataset& data,
                                     std::vector<std::int64_t>& train) {
  const at::Tensor index = IndexTensor(train);
  ensemble.input.Fit(data.inputs(), index);
  if (ensemble.options.normalize_targets) ensemble.target.Fit(data.targets(), index);
}

std::vector<double> EnsembleTrainer::HoldoutErrors(const Ensemble& ensemble,
                                                   const Holdout& holdout) {
  std::vector<double> errors(static_cast<std::size_t>(ensemble.options.members));
  const std::int64_t targets = holdout.targets.size(1);
  nn::ParallelTasks(ensemble.options.members, [&](std::int64_t e) {
    const at::Tensor out = ensemble.net.Forward(e, holdout.inputs);
    const at::Tensor mean = ensemble.head->Mean(ensemble.HeadColumns(out), targets);
    errors[static_cast<std::size_t>(e)] = (mean - holdout.targets).square_().mean().item<double>();
  });
  return errors;
}

void EnsembleTrainer::Save(StateDict& state) const {
  optimizer_.Save(state);
  state.PutRng("rng_rows", rng_);
}

void EnsembleTrainer::Load(const StateDict& state) {
  optimizer_.Load(state);
  state.GetRng("rng_rows", rng_);
}

}  // namespace dyna::dynamics
