#include "model_server/imagination/model_step.hpp"

#include <torch/torch.h>

#include <span>

#include "model_server/dynamics/encoding.hpp"

namespace dyna::imagination {

using dynamics::DynamicsModel;
using dynamics::EncodeInput;
using dynamics::Forecast;
using dynamics::Source;

namespace {

at::Tensor EliteIndex(const DynamicsModel& model) {
  const auto& elites = model.elites();
  return torch::tensor(elites, torch::kInt64);
}

std::span<const double> Row(const at::Tensor& values, std::int64_t row) {
  const std::int64_t columns = values.size(1);
  return {values.data_ptr<double>() + row * columns, static_cast<std::size_t>(columns)};
}

}  // namespace

ModelStep::ModelStep(const ImaginationOptions& options)
    : options_(options),
      members_(options.seed, "imagination.members", options.worker_id),
      noise_(options.seed, "imagination.noise", options.worker_id) {}

StepOutcome ModelStep::Roll(const DynamicsModel& model, const at::Tensor& obs,
                            const at::Tensor& action) {
  const dynamics::ModelShape& shape = options_.model.shape;
  const Forecast forecast = Predict(model, EncodeInput(shape, obs, action));
  at::Tensor target = forecast.mean;
  if (!options_.deterministic_model) {
    const at::Tensor noise = torch::empty_like(target).normal_(0.0, 1.0, noise_.get());
    target = target + forecast.variance.sqrt() * noise;
  }
  const std::int64_t rows = obs.size(0);
  StepOutcome outcome{.next_obs = obs + target.narrow(1, shape.reward_columns(), shape.obs_columns),
                      .reward = torch::zeros({rows}, torch::kFloat32),
                      .terminated = torch::zeros({rows}, torch::kBool)};
  if (shape.reward == Source::kLearned) outcome.reward = target.select(1, 0).clone();
  if (shape.learns_termination()) outcome.terminated = forecast.termination >= 0.5;
  ApplyRules(obs, action, outcome);
  // A comparison with NaN is false, so one bound catches NaN, infinite and absurd alike.
  outcome.valid = (outcome.next_obs.abs() <= options_.prediction_max).all(1) &
                  (outcome.reward.abs() <= options_.prediction_max) & action.isfinite().all(1);
  return outcome;
}

Forecast ModelStep::Predict(const DynamicsModel& model, const at::Tensor& inputs) {
  const auto& elites = model.elites();
  if (options_.propagation == Propagation::kMean) {
    const Forecast all = model.Predict(inputs);
    const at::Tensor index = EliteIndex(model);
    Forecast mean{.mean = all.mean.index_select(0, index).mean(0),
                  .variance = all.variance.index_select(0, index).mean(0)};
    if (all.termination.defined()) {
      mean.termination = all.termination.index_select(0, index).mean(0);
    }
    return mean;
  }
  std::vector<std::int64_t> members(static_cast<std::size_t>(inputs.size(0)));
  for (auto& member : members) {
    member = elites[static_cast<std::size_t>(members_.Below(elites.size()))];
  }
  return model.PredictRows(inputs, members);
}

void ModelStep::ApplyRules(const at::Tensor& obs, const at::Tensor& action,
                           StepOutcome& outcome) const {
  const dynamics::ModelShape& shape = options_.model.shape;
  const bool reward = shape.reward == Source::kKnown;
  const bool terminated = shape.termination == Source::kKnown;
  if (!reward && !terminated) return;
  const at::Tensor s = obs.to(torch::kFloat64).contiguous();
  const at::Tensor a = action.to(torch::kFloat64).contiguous();
  const at::Tensor next = outcome.next_obs.to(torch::kFloat64).contiguous();
  for (std::int64_t i = 0; i < s.size(0); ++i) {
    if (reward) {
      outcome.reward.data_ptr<float>()[i] =
          static_cast<float>(options_.rules.reward(Row(s, i), Row(a, i), Row(next, i)));
    }
    if (terminated) {
      outcome.terminated.data_ptr<bool>()[i] =
          options_.rules.terminated(Row(s, i), Row(a, i), Row(next, i));
    }
  }
}

double ModelStep::Disagreement(const DynamicsModel& model, const at::Tensor& obs,
                               const at::Tensor& action) const {
  if (model.elites().size() < 2) return 0.0;
  const Forecast all = model.Predict(EncodeInput(options_.model.shape, obs, action));
  const at::Tensor means = all.mean.index_select(0, EliteIndex(model));
  return means.std(0, /*unbiased=*/false).mean().item<double>();
}

void ModelStep::Save(StateDict& state) const {
  state.PutRng("rng_members", members_);
  noise_.Save(state, "rng_noise");
}

void ModelStep::Load(const StateDict& state) {
  state.GetRng("rng_members", members_);
  noise_.Load(state, "rng_noise");
}

}  // namespace dyna::imagination
