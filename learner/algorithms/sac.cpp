#include "learner/algorithms/sac.hpp"

#include <torch/torch.h>

#include <array>
#include <cmath>
#include <utility>

#include "common/core/check.hpp"
#include "common/nn/torch/flat_adam.hpp"
#include "common/nn/torch/mlp.hpp"
#include "learner/algorithms/batch_tensors.hpp"
#include "learner/algorithms/objectives.hpp"
#include "learner/algorithms/squashed_gaussian.hpp"

namespace dyna::learner {
namespace {

constexpr std::int64_t kCritics = 2;
// Rows of the tensor of losses.
enum : std::int64_t { kCriticLoss, kActorLoss, kEntropy, kQMean, kLossCount };

void CheckSpaces(const EnvSpec& spec) {
  const std::string name = "learner.algorithm = 'sac' needs ";
  const std::string but = ", but env.name = '" + spec.name + "' has ";
  if (spec.action.discrete()) {
    throw ConfigError(name + "a continuous action space" + but + spec.action.ToString() +
                      "; use 'dqn'");
  }
  if (spec.observation.discrete()) {
    throw ConfigError(name + "a box of observations" + but + spec.observation.ToString());
  }
  for (std::size_t j = 0; j < spec.action.low.size(); ++j) {
    const double width = spec.action.high[j] - spec.action.low[j];
    if (!std::isfinite(width) || width <= 0.0) {
      throw ConfigError(name + "a bounded action space" + but + spec.action.ToString());
    }
  }
}

nn::FlatLayout ScalarLayout() {
  nn::FlatLayout layout;
  layout.Add("log_alpha", {1});
  return layout;
}

}  // namespace

struct SacAlgorithm::Impl {
  Impl(const EnvSpec& spec, const Options& options_in, std::uint64_t seed);

  at::Tensor CriticInput(const at::Tensor& obs, const at::Tensor& unit_action) const {
    return at::cat({obs, unit_action}, 1);
  }
  at::Tensor alpha() const { return log_alpha.exp(); }
  at::Tensor TdErrors(const BatchTensors& batch);
  void StepCritics(const BatchTensors& batch, const at::Tensor& td);
  void StepPolicyAndTemperature(const BatchTensors& batch);

  Options options;
  TransitionShape shape;
  at::Tensor center;  // [A] of the action box
  at::Tensor scale;   // [A] half its width
  nn::Mlp policy;
  nn::Mlp critics;
  nn::Mlp targets;
  nn::FlatAdam policy_adam;
  nn::FlatAdam critic_adam;
  nn::FlatLayout log_alpha_layout;
  nn::FlatAdam log_alpha_adam;
  at::Tensor log_alpha;  // [1]
  at::Tensor losses;     // [kLossCount] of the last update
  Rng noise;
  nn::Mlp::Tape policy_tape, critic_tape, target_tape;
};

SacAlgorithm::Impl::Impl(const EnvSpec& spec, const Options& options_in, std::uint64_t seed)
    : options(options_in),
      shape(spec.transition_shape()),
      center(at::empty({shape.action_columns}, at::kFloat)),
      scale(at::empty({shape.action_columns}, at::kFloat)),
      policy({.inputs = shape.obs_columns,
              .hidden = options.hidden,
              .outputs = 2 * shape.action_columns}),
      critics({.members = kCritics,
               .inputs = shape.obs_columns + shape.action_columns,
               .hidden = options.hidden}),
      targets({.members = kCritics,
               .inputs = shape.obs_columns + shape.action_columns,
               .hidden = options.hidden}),
      policy_adam(policy.layout(), {.learning_rate = options.learning_rate}),
      critic_adam(critics.layout(), {.learning_rate = options.learning_rate}),
      log_alpha_layout(ScalarLayout()),
      log_alpha_adam(log_alpha_layout, {.learning_rate = options.learning_rate}),
      log_alpha(at::full({1}, options.alpha ? std::log(*options.alpha) : 0.0, at::kFloat)),
      losses(at::zeros({kLossCount}, at::kFloat)),
      noise(seed, "learner/noise") {
  for (std::size_t j = 0; j < spec.action.low.size(); ++j) {
    const double low = spec.action.low[j];
    const double high = spec.action.high[j];
    nn::FloatSpan(center)[j] = static_cast<float>(0.5 * (low + high));
    nn::FloatSpan(scale)[j] = static_cast<float>(0.5 * (high - low));
  }
  Rng init(seed, "learner/init");
  policy.InitGlorot(init);
  critics.InitGlorot(init);
  targets.parameters().copy_(critics.parameters());
}

at::Tensor SacAlgorithm::Impl::TdErrors(const BatchTensors& batch) {
  const SquashedSample next = SampleSquashed(policy.Forward(batch.next_obs, policy_tape)[0],
                                             NormalTensor(noise, batch.rows, shape.action_columns));
  const at::Tensor next_q =
      targets.Forward(CriticInput(batch.next_obs, next.action), target_tape).squeeze(2);
  const at::Tensor target =
      SoftTarget(batch.reward, batch.terminated, next_q, next.log_prob, alpha(), options.gamma);
  const at::Tensor action = (batch.action - center) / scale;
  const at::Tensor q = critics.Forward(CriticInput(batch.obs, action), critic_tape).squeeze(2);
  return q - target;
}

void SacAlgorithm::Impl::StepCritics(const BatchTensors& batch, const at::Tensor& td) {
  losses[kCriticLoss] = CriticLoss(td, batch.weights).mean();
  losses[kQMean] = critic_tape.output.back().mean();
  critics.Backward(CriticGradient(td, batch.weights).unsqueeze(2), critic_tape);
  critic_adam.Step(critics.parameters(), critics.gradients());
}

void SacAlgorithm::Impl::StepPolicyAndTemperature(const BatchTensors& batch) {
  const SquashedSample sample =
      SampleSquashed(policy.Forward(batch.obs, policy_tape)[0],
                     NormalTensor(noise, batch.rows, shape.action_columns));
  const at::Tensor q =
      critics.Forward(CriticInput(batch.obs, sample.action), critic_tape).squeeze(2);
  const at::Tensor grad_action =
      critics.InputGradient(ActorGradient(q).unsqueeze(2), shape.obs_columns, critic_tape);
  const at::Tensor alpha_now = alpha();
  const at::Tensor grad_log_prob =
      (alpha_now / static_cast<double>(batch.rows)).expand({batch.rows});
  losses[kActorLoss] = ActorLoss(alpha_now, sample.log_prob, q);
  RequireConverging("actor_loss", losses[kActorLoss].item<double>(), options.loss_max);
  losses[kEntropy] = -sample.log_prob.mean();
  policy.Backward(SquashedGradient(sample, grad_action, grad_log_prob).unsqueeze(0), policy_tape);
  policy_adam.Step(policy.parameters(), policy.gradients());
  if (!options.alpha) {
    log_alpha_adam.Step(log_alpha, TemperatureGradient(sample.log_prob, options.target_entropy));
  }
}

SacAlgorithm::SacAlgorithm(const EnvSpec& spec, const Options& options, std::uint64_t seed) {
  CheckSpaces(spec);
  impl_ = std::make_unique<Impl>(spec, options, seed);
}

SacAlgorithm::~SacAlgorithm() = default;

Status SacAlgorithm::Update(BatchSource& source) {
  const at::NoGradGuard no_grad;
  Impl& sac = *impl_;
  // 1. A batch.
  auto sampled = source.Sample();
  if (!sampled.ok()) return sampled.error();
  const BatchTensors batch(sampled.value(), sac.shape);
  // 2. Targets and TD errors; replay hears of them before anything changes.
  const Rng noise_before = sac.noise;
  const at::Tensor td = sac.TdErrors(batch);
  RequireConverging("critic_loss", CriticLoss(td, batch.weights).mean().item<double>(),
                    sac.options.loss_max);
  auto told = source.UpdatePriorities(Priorities(td.abs().mean(0), source.real_rows()));
  if (!told.ok()) {
    sac.noise = noise_before;
    return told;
  }
  // 3. Critics.
  sac.StepCritics(batch, td);
  // 4. and 5. Policy, by the updated critics, and temperature, from the same draw.
  sac.StepPolicyAndTemperature(batch);
  // 6. Target critics.
  nn::LerpInto(nn::FloatSpan(sac.targets.parameters()), nn::FloatSpan(sac.critics.parameters()),
               sac.options.tau);
  return Done{};
}

nn::PolicyWeights SacAlgorithm::ActWeights() const {
  nn::PolicyWeights weights;
  weights.kind = nn::PolicyWeights::Kind::kSquashedGaussian;
  weights.layers = impl_->policy.Layers(0);
  const auto center = nn::FloatSpan(impl_->center);
  const auto scale = nn::FloatSpan(impl_->scale);
  const auto columns = static_cast<Eigen::Index>(center.size());
  weights.action_center = Eigen::Map<const FloatVector>(center.data(), columns);
  weights.action_scale = Eigen::Map<const FloatVector>(scale.data(), columns);
  weights.log_std_min = static_cast<float>(kLogStdMin);
  weights.log_std_max = static_cast<float>(kLogStdMax);
  return weights;
}

Losses SacAlgorithm::LastLosses() const {
  const auto values = nn::FloatSpan(impl_->losses);
  return {{"critic_loss", values[kCriticLoss]},
          {"actor_loss", values[kActorLoss]},
          {"alpha", impl_->alpha().item<double>()},
          {"entropy", values[kEntropy]},
          {"q_mean", values[kQMean]}};
}

void SacAlgorithm::Save(StateDict& state) const {
  const Impl& sac = *impl_;
  sac.policy.layout().Save("policy/", sac.policy.parameters(), state);
  sac.critics.layout().Save("critics/", sac.critics.parameters(), state);
  sac.targets.layout().Save("target_critics/", sac.targets.parameters(), state);
  sac.log_alpha_layout.Save("", sac.log_alpha, state);
  sac.policy_adam.Save("policy_adam/", state);
  sac.critic_adam.Save("critics_adam/", state);
  sac.log_alpha_adam.Save("log_alpha_adam/", state);
  state.Put("last_losses", std::span<const float>(nn::FloatSpan(sac.losses)));
  state.PutRng("noise", sac.noise);
}

void SacAlgorithm::Load(const StateDict& state) {
  Impl& sac = *impl_;
  sac.policy.layout().Load("policy/", state, sac.policy.parameters());
  sac.critics.layout().Load("critics/", state, sac.critics.parameters());
  sac.targets.layout().Load("target_critics/", state, sac.targets.parameters());
  sac.log_alpha_layout.Load("", state, sac.log_alpha);
  sac.policy_adam.Load("policy_adam/", state);
  sac.critic_adam.Load("critics_adam/", state);
  sac.log_alpha_adam.Load("log_alpha_adam/", state);
  state.GetInto("last_losses", nn::FloatSpan(sac.losses));
  state.GetRng("noise", sac.noise);
}

}  // namespace dyna::learner
