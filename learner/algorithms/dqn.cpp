#include "learner/algorithms/dqn.hpp"

#include <torch/torch.h>

#include <utility>

#include "common/nn/torch/flat_adam.hpp"
#include "common/nn/torch/mlp.hpp"
#include "learner/algorithms/batch_tensors.hpp"
#include "learner/algorithms/objectives.hpp"

namespace dyna::learner {
namespace {

enum : std::int64_t { kCriticLoss, kQMean, kLossCount };

void CheckSpaces(const EnvSpec& spec) {
  const std::string name = "learner.algorithm = 'dqn' needs ";
  const std::string but = ", but env.name = '" + spec.name + "' has ";
  if (!spec.action.discrete()) {
    throw ConfigError(name + "a discrete action space" + but + spec.action.ToString() +
                      "; use 'sac'");
  }
  if (spec.observation.discrete()) {
    throw ConfigError(name + "a box of observations" + but + spec.observation.ToString() +
                      "; use a tabular algorithm such as 'dyna_q'");
  }
}

}  // namespace

DqnAlgorithm::Options DqnAlgorithm::Options::From(Config& config) {
  Options options;
  options.learning_rate = config.GetDouble("learner.learning_rate", 2.5e-4, 0.0, 1.0);
  options.gamma = config.GetDouble("learner.gamma", 0.99, 0.0, 1.0);
  options.hidden = config.GetInts("learner.hidden", {120, 84}, 1, 16, 1, 65536);
  options.target_update_interval =
      config.GetInt("learner.target_update_interval", 50, 1, 1'000'000'000);
  options.tau = config.GetDouble("learner.tau", 1.0, 0.0, 1.0);
  options.double_dqn = config.GetBool("learner.double_dqn", true);
  options.huber = config.GetChoice("learner.loss", "mse", {"mse", "huber"}) == "huber";
  options.loss_max = LossMaxFrom(config);
  return options;
}

struct DqnAlgorithm::Impl {
  Impl(const EnvSpec& spec, const Options& options_in, std::uint64_t seed);

  // TD errors [B]; the tape of `online` is then at obs.
  at::Tensor TdErrors(const BatchTensors& batch, const at::Tensor& action);
  void Step(const BatchTensors& batch, const at::Tensor& action, const at::Tensor& td);

  Options options;
  TransitionShape shape;
  std::int64_t actions;
  nn::Mlp online;
  nn::Mlp target;
  nn::FlatAdam adam;
  at::Tensor losses;  // [kLossCount] of the last update
  nn::Mlp::Tape online_tape, target_tape;
};

DqnAlgorithm::Impl::Impl(const EnvSpec& spec, const Options& options_in, std::uint64_t seed)
    : options(options_in),
      shape(spec.transition_shape()),
      actions(spec.action.n),
      online({.inputs = shape.obs_columns, .hidden = options.hidden, .outputs = actions}),
      target({.inputs = shape.obs_columns, .hidden = options.hidden, .outputs = actions}),
      adam(online.layout(), {.learning_rate = options.learning_rate}),
      losses(at::zeros({kLossCount}, at::kFloat)) {
  Rng init(seed, "learner/init");
  online.InitGlorot(init);
  target.parameters().copy_(online.parameters());
}

at::Tensor DqnAlgorithm::Impl::TdErrors(const BatchTensors& batch, const at::Tensor& action) {
  const at::Tensor next_q = target.Forward(batch.next_obs, target_tape)[0];
  const at::Tensor y =
      options.double_dqn
          ? DoubleDqnTarget(batch.reward, batch.terminated,
                            online.Forward(batch.next_obs, online_tape)[0], next_q, options.gamma)
          : DqnTarget(batch.reward, batch.terminated, next_q, options.gamma);
  const at::Tensor q = online.Forward(batch.obs, online_tape)[0].gather(1, action).squeeze(1);
  return q - y;
}

void DqnAlgorithm::Impl::Step(const BatchTensors& batch, const at::Tensor& action,
                              const at::Tensor& td) {
  losses[kCriticLoss] = DqnLoss(td, batch.weights, options.huber);
  losses[kQMean] = online_tape.output.back()[0].gather(1, action).mean();
  const at::Tensor slope = DqnGradient(td, batch.weights, options.huber).unsqueeze(1);
  const at::Tensor grad = at::zeros({batch.rows, actions}, at::kFloat).scatter_(1, action, slope);
  online.Backward(grad.unsqueeze(0), online_tape);
  adam.Step(online.parameters(), online.gradients());
}

DqnAlgorithm::DqnAlgorithm(const EnvSpec& spec, const Options& options, std::uint64_t seed) {
  CheckSpaces(spec);
  impl_ = std::make_unique<Impl>(spec, options, seed);
}

DqnAlgorithm::~DqnAlgorithm() = default;

Status DqnAlgorithm::Update(BatchSource& source) {
  const at::NoGradGuard no_grad;
  Impl& dqn = *impl_;
  // 1. A batch.
  auto sampled = source.Sample();
  if (!sampled.ok()) return sampled.error();
  const BatchTensors batch(sampled.value(), dqn.shape);
  // 2. Targets and TD errors.
  const at::Tensor action = batch.action.to(at::kLong);
  const at::Tensor td = dqn.TdErrors(batch, action);
  RequireConverging("critic_loss", DqnLoss(td, batch.weights, dqn.options.huber).item<double>(),
                    dqn.options.loss_max);
  // 3. Replay hears of them before anything changes.
  auto told = source.UpdatePriorities(Priorities(td, source.real_rows()));
  if (!told.ok()) return told;
  // 4. One step of the online net.
  dqn.Step(batch, action, td);
  // 5. Target net.
  if (dqn.adam.steps() % dqn.options.target_update_interval == 0) {
    nn::LerpInto(nn::FloatSpan(dqn.target.parameters()), nn::FloatSpan(dqn.online.parameters()),
                 dqn.options.tau);
  }
  return Done{};
}

nn::PolicyWeights DqnAlgorithm::ActWeights() const {
  nn::PolicyWeights weights;
  weights.kind = nn::PolicyWeights::Kind::kQValues;
  weights.layers = impl_->online.Layers(0);
  return weights;
}

Losses DqnAlgorithm::LastLosses() const {
  const auto values = nn::FloatSpan(impl_->losses);
  return {{"critic_loss", values[kCriticLoss]}, {"q_mean", values[kQMean]}};
}

void DqnAlgorithm::Save(StateDict& state) const {
  const Impl& dqn = *impl_;
  dqn.online.layout().Save("online/", dqn.online.parameters(), state);
  dqn.target.layout().Save("target/", dqn.target.parameters(), state);
  dqn.adam.Save("adam/", state);
  state.Put("last_losses", std::span<const float>(nn::FloatSpan(dqn.losses)));
}

void DqnAlgorithm::Load(const StateDict& state) {
  Impl& dqn = *impl_;
  dqn.online.layout().Load("online/", state, dqn.online.parameters());
  dqn.target.layout().Load("target/", state, dqn.target.parameters());
  dqn.adam.Load("adam/", state);
  state.GetInto("last_losses", nn::FloatSpan(dqn.losses));
}

}  // namespace dyna::learner
