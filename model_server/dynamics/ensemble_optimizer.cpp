#include "model_server/dynamics/ensemble_optimizer.hpp"

#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <numeric>
#include <string>

#include "common/core/error.hpp"
#include "common/nn/torch/parallel.hpp"
#include "common/nn/torch/tensor_state.hpp"
#include "model_server/dynamics/termination_head.hpp"

namespace dyna::dynamics {
namespace {

std::span<float> Values(const at::Tensor& row) {
  return {row.data_ptr<float>(), static_cast<std::size_t>(row.numel())};
}

/// A view: `rows` must outlive the tensor.
at::Tensor IndexTensor(std::span<const std::int64_t> rows) {
  return torch::from_blob(const_cast<std::int64_t*>(rows.data()),
                          {static_cast<std::int64_t>(rows.size())}, torch::kInt64);
}

void AddRewardNoise(const Ensemble& ensemble, Rng& stream, at::Tensor& targets) {
  if (ensemble.options.reward_noise == 0.0 || ensemble.options.shape.reward_columns() == 0) return;
  double std = ensemble.options.reward_noise;  // raw units
  if (ensemble.options.normalize_targets) std /= ensemble.target.std()[0].item<double>();
  float* values = targets.data_ptr<float>();
  for (std::int64_t b = 0; b < targets.size(0); ++b) {
    values[b * targets.size(1)] += static_cast<float>(std * stream.Normal());
  }
}

}  // namespace

Batch GatherBatch(const Ensemble& ensemble, const Dataset& data,
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

EnsembleOptimizer::EnsembleOptimizer(const Ensemble& ensemble)
    : adam_{.learning_rate = ensemble.options.learning_rate,
            .decoupled = ensemble.options.decay_decoupled},
      decay_(ensemble.net.DecayVector({.per_layer = ensemble.options.weight_decay,
                                       .biases = ensemble.options.decay_decoupled,
                                       .own = ensemble.options.weight_decay_noise})),
      m_(torch::zeros_like(ensemble.net.params())),
      v_(torch::zeros_like(ensemble.net.params())),
      shared_m_(torch::zeros_like(ensemble.shared)),
      shared_v_(torch::zeros_like(ensemble.shared)),
      shared_grad_(torch::zeros({ensemble.options.members, ensemble.shared.size(0)})) {}

double EnsembleOptimizer::Step(Ensemble& ensemble, const Dataset& data,
                               std::span<const std::span<const std::int64_t>> rows,
                               const StepNoise& noise) {
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
  nn::ParallelTasks(threads, [&](std::int64_t t) {
    Worker& worker = workers_[static_cast<std::size_t>(t)];
    for (std::int64_t e = t * each; e < (t + 1) * each; ++e) {
      const auto i = static_cast<std::size_t>(e);
      losses[i] = Gradient(ensemble, data, MakeShare(e, rows[i], noise, 0), worker.scratch,
                           worker.grad, shared_grad_.select(0, e));
      UpdateMember(ensemble, e, worker.grad);
    }
    for (std::int64_t e = whole; e < members; ++e) {
      PartGradient(ensemble, data, MakeShare(e, rows[static_cast<std::size_t>(e)], noise, t),
                   e - whole, t);
    }
  });
  for (std::int64_t e = whole; e < members; ++e) {
    losses[static_cast<std::size_t>(e)] = JoinParts(ensemble, e, e - whole, threads);
  }
  if (ensemble.options.learn_variance_bounds && ensemble.shared.numel() > 0) SharedStep(ensemble);
  return std::accumulate(losses.begin(), losses.end(), 0.0);
}

void EnsembleOptimizer::PartGradient(const Ensemble& ensemble, const Dataset& data, Share share,
                                     std::int64_t part, std::int64_t thread) {
  const std::span<const std::int64_t> rows = share.rows;
  Worker& worker = workers_[static_cast<std::size_t>(thread)];
  const std::size_t threads = workers_.size();
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
  share.rows = rows.subspan(begin, end - begin);
  loss = Gradient(ensemble, data, share, worker.scratch, grad, grad_shared);
  // Means over a slice: weighted by its size, they add up to the mean over the batch.
  const double weight = static_cast<double>(end - begin) / static_cast<double>(rows.size());
  grad.mul_(weight);
  grad_shared.mul_(weight);
  loss *= weight;
}

double EnsembleOptimizer::JoinParts(Ensemble& ensemble, std::int64_t member, std::int64_t part,
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

void EnsembleOptimizer::ResizeWorkers(std::int64_t threads, std::int64_t together) {
  workers_.resize(static_cast<std::size_t>(threads));
  for (Worker& worker : workers_) {
    if (worker.grad.defined() && worker.part_grad.size(0) == together) continue;
    worker.grad = torch::empty({m_.size(1)}, torch::kFloat32);
    worker.part_grad = torch::empty({together, m_.size(1)}, torch::kFloat32);
    worker.part_shared = torch::empty({together, shared_m_.size(0)}, torch::kFloat32);
    worker.part_loss.assign(static_cast<std::size_t>(together), 0.0);
  }
}

EnsembleOptimizer::Share EnsembleOptimizer::MakeShare(std::int64_t member,
                                                      std::span<const std::int64_t> rows,
                                                      const StepNoise& noise, std::int64_t thread) {
  const std::uint64_t step = StreamSeed(noise.seed, "model.noise", noise.number);
  const std::string who = "member " + std::to_string(member);
  return {.member = member,
          .rows = rows,
          .noise = noise,
          .stream = Rng(step, who, static_cast<std::uint64_t>(thread))};
}

double EnsembleOptimizer::Gradient(const Ensemble& ensemble, const Dataset& data, Share share,
                                   EnsembleNet::Scratch& scratch, at::Tensor grad,
                                   at::Tensor grad_shared) const {
  Batch batch = GatherBatch(ensemble, data, share.rows);
  AddRewardNoise(ensemble, share.stream, batch.targets);
  if (share.noise.weights.defined()) {
    batch.weights =
        share.noise.weights.select(1, share.member).index_select(0, IndexTensor(share.rows));
  }
  const at::Tensor out = ensemble.net.Forward(share.member, batch.inputs, scratch, &share.stream);
  if (ensemble.head->per_member()) grad_shared = ensemble.net.OwnColumns(grad);
  const at::Tensor grad_out = torch::empty_like(out);
  at::Tensor grad_head = ensemble.HeadColumns(grad_out);
  double loss = ensemble.head->LossAndGradient(ensemble.HeadColumns(out), batch.targets,
                                               ensemble.HeadParameters(share.member), batch.weights,
                                               grad_head, grad_shared);
  if (batch.terminated.defined()) {
    at::Tensor grad_logit = ensemble.TerminationColumn(grad_out);
    loss +=
        TerminationLossAndGradient(ensemble.TerminationColumn(out), batch.terminated, grad_logit);
  }
  ensemble.net.Backward(share.member, batch.inputs, grad_out, scratch, grad);
  return loss;
}

void EnsembleOptimizer::UpdateMember(Ensemble& ensemble, std::int64_t member,
                                     const at::Tensor& grad) {
  AdamUpdate(adam_, adam_step_,
             {.param = Values(ensemble.net.params().select(0, member)),
              .grad = Values(grad),
              .m = Values(m_.select(0, member)),
              .v = Values(v_.select(0, member)),
              .decay = decay_});
}

void EnsembleOptimizer::SharedStep(Ensemble& ensemble) {
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

void EnsembleOptimizer::RepairDiverged(Ensemble& ensemble, const at::Tensor& before) {
  at::Tensor& params = ensemble.net.params();
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

void EnsembleOptimizer::Save(StateDict& state) const {
  nn::PutTensor(state, "adam_m", m_);
  nn::PutTensor(state, "adam_v", v_);
  nn::PutTensor(state, "adam_shared_m", shared_m_);
  nn::PutTensor(state, "adam_shared_v", shared_v_);
  state.PutScalar<std::int64_t>("adam_step", adam_step_);
}

void EnsembleOptimizer::Load(const StateDict& state) {
  nn::GetTensorInto(state, "adam_m", m_);
  nn::GetTensorInto(state, "adam_v", v_);
  nn::GetTensorInto(state, "adam_shared_m", shared_m_);
  nn::GetTensorInto(state, "adam_shared_v", shared_v_);
  adam_step_ = state.GetScalar<std::int64_t>("adam_step");
  if (adam_step_ < 0) throw CheckpointError("entry 'adam_step' is negative");
}

}  // namespace dyna::dynamics
