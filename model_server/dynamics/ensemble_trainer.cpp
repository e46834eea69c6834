#include "model_server/dynamics/ensemble_trainer.hpp"

#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "common/core/check.hpp"
#include "common/core/error.hpp"
#include "common/nn/torch/tensor_state.hpp"
#include "model_server/dynamics/termination_head.hpp"

namespace dyna::dynamics {
namespace {

/// A view: `rows` must outlive the tensor.
at::Tensor IndexTensor(std::span<const std::int64_t> rows) {
  return torch::from_blob(const_cast<std::int64_t*>(rows.data()),
                          {static_cast<std::int64_t>(rows.size())}, torch::kInt64);
}

std::span<float> Values(const at::Tensor& row) {
  return {row.data_ptr<float>(), static_cast<std::size_t>(row.numel())};
}

}  // namespace

EnsembleTrainer::EnsembleTrainer(const Ensemble& ensemble)
    : adam_{.learning_rate = ensemble.options.learning_rate},
      decay_(ensemble.net.DecayVector(ensemble.options.weight_decay)),
      m_(torch::zeros_like(ensemble.net.params())),
      v_(torch::zeros_like(ensemble.net.params())),
      shared_m_(torch::zeros_like(ensemble.shared)),
      shared_v_(torch::zeros_like(ensemble.shared)),
      shared_grad_(torch::zeros({ensemble.options.members, ensemble.shared.size(0)})),
      rng_(ensemble.options.seed, "model.rows") {}

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
    const Batch batch = Gather(ensemble, data, split.holdout);
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
  Restore(ensemble, best, before, holdout.rows() > 0);
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
    loss += Step(ensemble, data, parts);
    ++batches;
  }
  steps += batches;
  return loss / static_cast<double>(batches);
}

double EnsembleTrainer::Step(Ensemble& ensemble, const Dataset& data,
                             std::span<const std::span<const std::int64_t>> rows) {
  const torch::NoGradGuard no_grad;
  ++adam_step_;
  // One parallel region for all: each thread takes as many whole members as the others, and a
  // slice of the batch of those that are left over, so that none waits.
  const std::int64_t threads = at::get_num_threads();
  const std::int64_t members = ensemble.options.members;
  const std::int64_t each = members / threads;
  const std::int64_t whole = each * threads;
  ResizeWorkers(threads, members - whole);
  std::vector<double> losses(rows.size(), 0.0);
  at::parallel_for(0, threads, 1, [&](std::int64_t begin, std::int64_t end) {
    const torch::NoGradGuard no_grad_here;  // the guard is per thread
    for (std::int64_t t = begin; t < end; ++t) {
      Worker& worker = workers_[static_cast<std::size_t>(t)];
      for (std::int64_t e = t * each; e < (t + 1) * each; ++e) {
        const auto i = static_cast<std::size_t>(e);
        losses[i] = Gradient(ensemble, Gather(ensemble, data, rows[i]), e, worker.scratch,
                             worker.grad, shared_grad_.select(0, e));
        UpdateMember(ensemble, e, worker.grad);
      }
      for (std::int64_t e = whole; e < members; ++e) {
        PartGradient(ensemble, data, rows[static_cast<std::size_t>(e)], e, e - whole, t);
      }
    }
  });
  for (std::int64_t e = whole; e < members; ++e) {
    losses[static_cast<std::size_t>(e)] = JoinParts(ensemble, e, e - whole, threads);
  }
  if (ensemble.options.learn_variance_bounds && ensemble.shared.numel() > 0) SharedStep(ensemble);
  return std::accumulate(losses.begin(), losses.end(), 0.0);
}

void EnsembleTrainer::PartGradient(const Ensemble& ensemble, const Dataset& data,
                                   std::span<const std::int64_t> rows, std::int64_t member,
                                   std::int64_t part, std::int64_t thread) {
  Worker& worker = workers_[static_cast<std::size_t>(thread)];
  const auto threads = static_cast<std::size_t>(at::get_num_threads());
  const std::size_t begin = rows.size() * static_cast<std::size_t>(thread) / threads;
  const std::size_t end = rows.size() * (static_cast<std::size_t>(thread) + 1) / threads;
  at::Tensor grad = worker.part_grad.select(0, part);
  at::Tensor grad_shared = worker.part_shared.select(0, part);
  double& loss = worker.part_loss[static_cast<std::size_t>(part)];
  if (begin == end) {
    grad.zero_();
    grad_shared.zero_();
    loss = 0.0;
    return;
  }
  loss = Gradient(ensemble, Gather(ensemble, data, rows.subspan(begin, end - begin)), member,
                  worker.scratch, grad, grad_shared);
  // Means over a slice: weighted by its size, they add up to the mean over the batch.
  const double weight = static_cast<double>(end - begin) / static_cast<double>(rows.size());
  grad.mul_(weight);
  grad_shared.mul_(weight);
  loss *= weight;
}

double EnsembleTrainer::JoinParts(Ensemble& ensemble, std::int64_t member, std::int64_t part,
                                  std::int64_t threads) {
  const auto i = static_cast<std::size_t>(part);
  at::Tensor grad = workers_[0].part_grad.select(0, part);
  at::Tensor grad_shared = shared_grad_.select(0, member);
  grad_shared.copy_(workers_[0].part_shared.select(0, part));
  double loss = workers_[0].part_loss[i];
  for (std::size_t t = 1; t < static_cast<std::size_t>(threads); ++t) {
    grad.add_(workers_[t].part_grad.select(0, part));
    grad_shared.add_(workers_[t].part_shared.select(0, part));
    loss += workers_[t].part_loss[i];
  }
  UpdateMember(ensemble, member, grad);
  return loss;
}

void EnsembleTrainer::ResizeWorkers(std::int64_t threads, std::int64_t together) {
  workers_.resize(static_cast<std::size_t>(threads));
  for (Worker& worker : workers_) {
    if (worker.grad.defined() && worker.part_grad.size(0) == together) continue;
    worker.grad = torch::empty({m_.size(1)}, torch::kFloat32);
    worker.part_grad = torch::empty({together, m_.size(1)}, torch::kFloat32);
    worker.part_shared = torch::empty({together, shared_m_.size(0)}, torch::kFloat32);
    worker.part_loss.assign(static_cast<std::size_t>(together), 0.0);
  }
}

EnsembleTrainer::Batch EnsembleTrainer::Gather(const Ensemble& ensemble, const Dataset& data,
                                               std::span<const std::int64_t> rows) {
  const at::Tensor index = IndexTensor(rows);
  Batch batch{.inputs = data.inputs().index_select(0, index),
              .targets = data.targets().index_select(0, index)};
  ensemble.input.Apply(batch.inputs);
  if (ensemble.options.normalize_targets) ensemble.target.Apply(batch.targets);
  if (data.shape().learns_termination()) {
    batch.terminated = data.terminated().index_select(0, index);
  }
  return batch;
}

double EnsembleTrainer::Gradient(const Ensemble& ensemble, const Batch& batch, std::int64_t member,
                                 EnsembleNet::Scratch& scratch, at::Tensor grad,
                                 at::Tensor grad_shared) const {
  const at::Tensor out = ensemble.net.Forward(member, batch.inputs, scratch);
  const at::Tensor grad_out = torch::empty_like(out);
  at::Tensor grad_head = ensemble.HeadColumns(grad_out);
  double loss = ensemble.head->LossAndGradient(ensemble.HeadColumns(out), batch.targets,
                                               ensemble.shared, grad_head, grad_shared);
  if (batch.terminated.defined()) {
    at::Tensor grad_logit = ensemble.TerminationColumn(grad_out);
    loss +=
        TerminationLossAndGradient(ensemble.TerminationColumn(out), batch.terminated, grad_logit);
  }
  ensemble.net.Backward(member, batch.inputs, grad_out, scratch, grad);
  return loss;
}

void EnsembleTrainer::UpdateMember(Ensemble& ensemble, std::int64_t member,
                                   const at::Tensor& grad) {
  AdamUpdate(adam_, adam_step_,
             {.param = Values(ensemble.net.params().select(0, member)),
              .grad = Values(grad),
              .m = Values(m_.select(0, member)),
              .v = Values(v_.select(0, member)),
              .decay = decay_});
}

void EnsembleTrainer::SharedStep(Ensemble& ensemble) {
  at::Tensor grad = shared_grad_.sum(0);
  ensemble.head->AddSharedGradient(grad);
  const std::vector<float> no_decay(static_cast<std::size_t>(grad.numel()), 0.0F);
  AdamUpdate(adam_, adam_step_,
             {.param = Values(ensemble.shared),
              .grad = Values(grad),
              .m = Values(shared_m_),
              .v = Values(shared_v_),
              .decay = no_decay});
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
  at::parallel_for(0, ensemble.options.members, 1, [&](std::int64_t begin, std::int64_t end) {
    const torch::NoGradGuard no_grad;
    for (std::int64_t e = begin; e < end; ++e) {
      const at::Tensor out = ensemble.net.Forward(e, holdout.inputs);
      const at::Tensor mean = ensemble.head->Mean(ensemble.HeadColumns(out), targets);
      errors[static_cast<std::size_t>(e)] =
          (mean - holdout.targets).square_().mean().item<double>();
    }
  });
  return errors;
}

void EnsembleTrainer::Restore(Ensemble& ensemble, const at::Tensor& best, const at::Tensor& before,
                              bool restore_best) {
  at::Tensor& params = ensemble.net.params();
  if (restore_best) params.copy_(best);
  // A member that diverged goes on from before this training, with fresh moments: NaN would
  // otherwise live in them for ever.
  for (std::int64_t e = 0; e < params.size(0); ++e) {
    at::Tensor row = params.select(0, e);
    if (!row.isfinite().all().item<bool>()) row.copy_(before.select(0, e));
    at::Tensor m = m_.select(0, e);
    at::Tensor v = v_.select(0, e);
    if (m.isfinite().all().item<bool>() && v.isfinite().all().item<bool>()) continue;
    m.zero_();
    v.zero_();
  }
  if (ensemble.shared.isfinite().all().item<bool>()) return;
  ensemble.shared.copy_(ensemble.head->InitialShared(ensemble.options.shape.targets()));
  shared_m_.zero_();
  shared_v_.zero_();
}

void EnsembleTrainer::Save(StateDict& state) const {
  nn::PutTensor(state, "adam_m", m_);
  nn::PutTensor(state, "adam_v", v_);
  nn::PutTensor(state, "adam_shared_m", shared_m_);
  nn::PutTensor(state, "adam_shared_v", shared_v_);
  state.PutScalar<std::int64_t>("adam_step", adam_step_);
  state.PutRng("rng_rows", rng_);
}

void EnsembleTrainer::Load(const StateDict& state) {
  nn::GetTensorInto(state, "adam_m", m_);
  nn::GetTensorInto(state, "adam_v", v_);
  nn::GetTensorInto(state, "adam_shared_m", shared_m_);
  nn::GetTensorInto(state, "adam_shared_v", shared_v_);
  adam_step_ = state.GetScalar<std::int64_t>("adam_step");
  if (adam_step_ < 0) throw CheckpointError("entry 'adam_step' is negative");
  state.GetRng("rng_rows", rng_);
}

}  // namespace dyna::dynamics
