#include "model_server/imagination/imaginer.hpp"

#include <torch/torch.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "common/core/check.hpp"
#include "common/nn/torch/batch_policy.hpp"
#include "model_server/dynamics/dynamics_model.hpp"
#include "model_server/dynamics/encoding.hpp"
#include "model_server/imagination/model_step.hpp"
#include "model_server/imagination/round.hpp"
#include "model_server/imagination/start_states.hpp"

namespace dyna::imagination {
namespace {

constexpr std::int64_t kDisagreementRows = 256;

}  // namespace

struct Imaginer::Impl {
  Impl(const Options& o, const EnvSpec& s, ReplayPort& r, WeightsPort& w)
      : options(o),
        spec(s),
        replay(r),
        weights(w),
        model(dynamics::MakeDynamicsModel(o.model)),
        model_step(o),
        starts(o, s.transition_shape(), r),
        actions(o.seed, "imagination.actions", o.worker_id) {}

  void FetchWeights();
  Result<bool> Begin();
  Status Finish();
  Status Append();
  Status DrawStarts();
  void Roll();
  at::Tensor ChooseActions();
  at::Tensor RandomActions(std::int64_t rows);

  Options options;
  EnvSpec spec;
  ReplayPort& replay;
  WeightsPort& weights;
  std::unique_ptr<dynamics::DynamicsModel> model;
  std::optional<nn::BatchPolicy> policy = {};
  std::uint64_t model_version = 0;
  std::uint64_t policy_version = 0;
  ModelStep model_step;
  StartStates starts;
  nn::TorchGenerator actions;
  std::int64_t rollouts = 0;  ///< ever started
  Round round = {};
};

Imaginer::Imaginer(const Options& options, const EnvSpec& spec, ReplayPort& replay,
                   WeightsPort& weights)
    : impl_(std::make_unique<Impl>(options, spec, replay, weights)) {}

Imaginer::~Imaginer() = default;

Result<ImaginationReport> Imaginer::Step() {
  const torch::NoGradGuard no_grad;
  Impl& impl = *impl_;
  Round& round = impl.round;
  // 1. weights
  impl.FetchWeights();
  // 2., 3. rollout length and capacity
  if (!round.active) {
    const Result<bool> begun = impl.Begin();
    if (!begun.ok()) return begun.error();
    if (!begun.value()) return ImaginationReport{};
  }
  while (true) {
    if (round.pending.size() > 0) {
      if (const Status status = impl.Append(); !status.ok()) return status.error();
    } else if (round.live() > 0 && round.depth < round.report.rollout_length) {
      impl.Roll();  // 5. roll; the next turn appends
    } else if (round.starts_left > 0) {
      if (const Status status = impl.DrawStarts(); !status.ok()) return status.error();
    } else {
      break;
    }
  }
  // 6. stale rows
  if (const Status status = impl.Finish(); !status.ok()) return status.error();
  return std::exchange(round, Round{}).report;
}

void Imaginer::Impl::FetchWeights() {
  if (const auto blob = weights.FetchIfNewer(kModelWeights, model_version)) {
    model->Load(blob->arrays, dynamics::SaveScope::kPredict);
    model_version = blob->version;
  }
  if (options.action_source == ActionSource::kRandom) return;
  if (const auto blob = weights.FetchIfNewer(kPolicyWeights, policy_version)) {
    policy.emplace(nn::PolicyWeights::FromStateDict(blob->arrays));
    policy_version = blob->version;
  }
}

/// False when the rollout length is 0.
Result<bool> Imaginer::Impl::Begin() {
  const Result<TableCounters> counters = replay.Counters(kRealTable);
  if (!counters.ok()) return counters.error();
  const std::int64_t epoch =
      EpochOf(counters.value().inserted, options.random_steps, options.epoch_steps);
  const std::int64_t k = RolloutLength(options.schedule, epoch);
  if (k == 0) return false;
  if (model_version == 0) {
    return Error{ErrorCode::kNotFound, "imagination waits for the first dynamics model"};
  }
  if (options.action_source != ActionSource::kRandom && !policy) {
    return Error{ErrorCode::kNotFound, "imagination waits for the first policy"};
  }
  const std::int64_t capacity = SyntheticCapacity(k, options.rollout_batch, options.epoch_steps,
                                                  options.train_every, options.retain_epochs);
  const Status resized = replay.SetCapacity(kSyntheticTable, std::max<std::int64_t>(capacity, 1));
  if (!resized.ok()) return resized.error();
  round = Round{.active = true, .starts_left = options.rollout_batch};
  round.report.rollout_length = k;
  return true;
}

Status Imaginer::Impl::DrawStarts() {
  const std::int64_t rows = std::min(options.chunk_rows, round.starts_left);
  const Result<StartRows> drawn = starts.Draw(rows);
  if (!drawn.ok()) return drawn.error();
  round.obs = dynamics::ToTensor(drawn.value().obs);
  round.first_action = dynamics::ToTensor(drawn.value().action);
  round.rollout = torch::arange(rollouts, rollouts + rows, torch::kInt64);
  round.depth = 0;
  round.starts_left -= rows;
  rollouts += rows;
  return Done{};
}

void Imaginer::Impl::Roll() {
  const at::Tensor action = ChooseActions();
  ImaginationReport& report = round.report;
  if (round.depth == 0 && report.rows == 0) {
    const std::int64_t rows = std::min(kDisagreementRows, round.live());
    report.disagreement =
        model_step.Disagreement(*model, round.obs.narrow(0, 0, rows), action.narrow(0, 0, rows));
  }
  const StepOutcome outcome = model_step.Roll(*model, round.obs, action);
  const at::Tensor keep = outcome.valid.nonzero().squeeze(1);
  const auto kept = [&](const at::Tensor& column) { return column.index_select(0, keep); };
  const at::Tensor terminated = kept(outcome.terminated);
  ++round.depth;
  report.dropped_nonfinite += round.live() - keep.size(0);
  report.terminated += terminated.sum().item<std::int64_t>();
  round.pending = {.obs = kept(round.obs),
                   .action = kept(action),
                   .reward = kept(outcome.reward),
                   .next_obs = kept(outcome.next_obs),
                   .terminated = terminated.to(torch::kFloat32),
                   .rollout = kept(round.rollout),
                   .depth = round.depth,
                   .model_version = model_version,
                   .policy_version = policy_version};
  const at::Tensor alive = terminated.logical_not().nonzero().squeeze(1);
  round.obs = round.pending.next_obs.index_select(0, alive);
  round.rollout = round.pending.rollout.index_select(0, alive);
}

Status Imaginer::Impl::Append() {
  const std::int64_t rows = round.pending.size();
  const Status status = replay.Append(kSyntheticTable, round.pending.ToBatch(options.worker_id));
  if (status.ok()) {
    round.report.rows += rows;
    round.pending = {};
  } else if (status.error().code != ErrorCode::kBackpressure) {
    round = {};  // waiting would not help: the next Step begins anew
  }
  return status;
}

at::Tensor Imaginer::Impl::ChooseActions() {
  if (options.action_source == ActionSource::kRandom) return RandomActions(round.live());
  if (options.action_source == ActionSource::kBuffer && round.depth == 0) {
    return round.first_action;
  }
  return policy->Act(round.obs, /*deterministic=*/false, options.epsilon, actions);
}

at::Tensor Imaginer::Impl::RandomActions(std::int64_t rows) {
  if (spec.action.discrete()) {
    return torch::empty({rows, 1}, torch::kFloat32).random_(0, spec.action.n, actions.get());
  }
  const at::Tensor low = torch::tensor(spec.action.low, torch::kFloat64);
  const at::Tensor high = torch::tensor(spec.action.high, torch::kFloat64);
  const at::Tensor unit = torch::empty({rows, spec.action.columns()}, torch::kFloat64)
                              .uniform_(0.0, 1.0, actions.get());
  return (low + (high - low) * unit).to(torch::kFloat32);
}

Status Imaginer::Impl::Finish() {
  round.report.model_version = model_version;
  round.report.policy_version = policy_version;
  const auto stale = static_cast<std::uint64_t>(options.stale_versions);
  if (stale == 0 || model_version <= stale) return Done{};
  return replay.EvictStale(kSyntheticTable, model_version - stale);
}

void Imaginer::Save(StateDict& state) const {
  impl_->model_step.Save(state);
  impl_->starts.Save(state);
  impl_->actions.Save(state, "rng_actions");
  state.PutScalar<std::int64_t>("rollouts", impl_->rollouts);
  StateDict round;
  impl_->round.Save(round);
  state.Merge("round/", std::move(round));
}

void Imaginer::Load(const StateDict& state) {
  impl_->model_step.Load(state);
  impl_->starts.Load(state);
  impl_->actions.Load(state, "rng_actions");
  impl_->rollouts = state.GetScalar<std::int64_t>("rollouts");
  impl_->round.Load(state.Sub("round/"), impl_->spec.transition_shape());
}

}  // namespace dyna::imagination
