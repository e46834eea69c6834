#include "learner/algorithms/sac.hpp"

#include <torch/torch.h>

#include <array>
#include <cmath>
#include <functional>
#include <utility>
#include <vector>

#include "common/core/check.hpp"
#include "common/nn/torch/flat_adam.hpp"
#include "common/nn/torch/mlp.hpp"
#include "common/nn/torch/parallel.hpp"
#include "learner/algorithms/batch_check.hpp"
#include "learner/algorithms/sac_shard.hpp"
#include "learner/algorithms/squashed_gaussian.hpp"

namespace dyna::learner {
namespace {

constexpr std::int64_t kCritics = 2;
// Positions of the losses.
enum : std::size_t { kCriticLoss, kActorLoss, kEntropy, kQMean, kLossCount };

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

  SacNets nets() const { return {.policy = policy, .critics = critics, .targets = targets}; }
  float alpha() const { return std::exp(nn::FloatSpan(log_alpha)[0]); }
  // The noise of one update, [2B,A].
  const float* DrawNoise(std::int64_t rows);
  // Calls work(shard) for every shard, each on a thread.
  void OnShards(const std::function<void(SacShard&, std::int64_t)>& work);
  void TdErrors(const SampleBatch& batch);
  std::vector<double> Priorities(std::int64_t rows) const;
  void StepCritics();
  void StepPolicyAndTemperature(std::int64_t rows);
  SacSums Sums() const;

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
  at::Tensor log_alpha;                       // [1]
  std::array<float, kLossCount> losses = {};  // of the last update
  Rng noise;
  nn::AlignedFloats normals;             // [2B,A]
  std::vector<SacShard> shards = {};     // of the batch's rows, in order
  std::vector<const float*> parts = {};  // a gradient of each shard
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

const float* SacAlgorithm::Impl::DrawNoise(std::int64_t rows) {
  const std::int64_t size = 2 * rows * shape.action_columns;
  float* draws = normals.Reserve(size);
  for (std::int64_t i = 0; i < size; ++i) draws[i] = static_cast<float>(noise.Normal());
  return draws;
}

void SacAlgorithm::Impl::OnShards(const std::function<void(SacShard&, std::int64_t)>& work) {
  nn::ParallelTasks(static_cast<std::int64_t>(shards.size()),
                    [&](std::int64_t i) { work(shards[static_cast<std::size_t>(i)], i); });
}

void SacAlgorithm::Impl::TdErrors(const SampleBatch& batch) {
  const std::int64_t rows = batch.rows.size();
  const std::int64_t count = nn::ShardCount(rows);
  shards.resize(static_cast<std::size_t>(count));
  const SacBatch given = {.rows = &batch,
                          .noise = DrawNoise(rows),
                          .center = nn::FloatSpan(center),
                          .scale = nn::FloatSpan(scale),
                          .gamma = static_cast<float>(options.gamma),
                          .alpha = alpha()};
  OnShards([&](SacShard& shard, std::int64_t i) {
    shard.TdErrors(nets(), given, rows * i / count, rows * (i + 1) / count);
  });
}

SacSums SacAlgorithm::Impl::Sums() const {
  SacSums sums;
  for (const SacShard& shard : shards) {
    sums.critic_loss += shard.sums().critic_loss;
    sums.q += shard.sums().q;
    sums.actor_loss += shard.sums().actor_loss;
    sums.log_prob += shard.sums().log_prob;
  }
  return sums;
}

std::vector<double> SacAlgorithm::Impl::Priorities(std::int64_t rows) const {
  std::vector<double> priorities;
  priorities.reserve(static_cast<std::size_t>(rows));
  for (const SacShard& shard : shards) {
    for (std::int64_t b = 0; b < shard.rows(); ++b) {
      if (std::ssize(priorities) == rows) return priorities;
      double sum = 0.0;
      for (std::int64_t c = 0; c < kCritics; ++c) sum += std::abs(shard.td()[c * shard.rows() + b]);
      priorities.push_back(sum / static_cast<double>(kCritics));
    }
  }
  return priorities;
}

void SacAlgorithm::Impl::StepCritics() {
  OnShards([&](SacShard& shard, std::int64_t) { shard.CriticGradient(nets()); });
  parts.clear();
  for (const SacShard& shard : shards) parts.push_back(shard.critic_gradient());
  critic_adam.Step(nn::FloatSpan(critics.parameters()), parts,
                   {.values = nn::FloatSpan(targets.parameters()), .weight = options.tau});
}

void SacAlgorithm::Impl::StepPolicyAndTemperature(std::int64_t rows) {
  OnShards([&](SacShard& shard, std::int64_t) { shard.PolicyGradient(nets()); });
  const SacSums sums = Sums();
  const auto count = static_cast<double>(rows);
  losses[kActorLoss] = static_cast<float>(sums.actor_loss / count);
  losses[kEntropy] = static_cast<float>(-sums.log_prob / count);
  RequireConverging("actor_loss", sums.actor_loss / count, options.loss_max);
  parts.clear();
  for (const SacShard& shard : shards) parts.push_back(shard.policy_gradient());
  policy_adam.Step(nn::FloatSpan(policy.parameters()), parts);
  if (options.alpha) return;
  // L = -log_alpha (mean_b log pi_b + target entropy), log pi constant.
  const auto gradient = static_cast<float>(-(sums.log_prob / count + options.target_entropy));
  const std::array<const float*, 1> whole = {&gradient};
  log_alpha_adam.Step(nn::FloatSpan(log_alpha), whole);
}

SacAlgorithm::SacAlgorithm(const EnvSpec& spec, const Options& options, std::uint64_t seed) {
  CheckSpaces(spec);
  impl_ = std::make_unique<Impl>(spec, options, seed);
}

SacAlgorithm::~SacAlgorithm() = default;

Status SacAlgorithm::Update(BatchSource& source) {
  Impl& sac = *impl_;
  // 1. A batch.
  const auto sampled = source.Sample();
  if (!sampled.ok()) return sampled.error();
  const SampleBatch& batch = sampled.value();
  CheckBatch(batch, sac.shape);
  const std::int64_t rows = batch.rows.size();
  // 2. Targets and TD errors; replay hears of them before anything changes.
  const Rng noise_before = sac.noise;
  sac.TdErrors(batch);
  const double values = static_cast<double>(rows * kCritics);
  const double critic_loss = sac.Sums().critic_loss / values;
  RequireConverging("critic_loss", critic_loss, sac.options.loss_max);
  auto told = source.UpdatePriorities(sac.Priorities(source.real_rows()));
  if (!told.ok()) {
    sac.noise = noise_before;
    return told;
  }
  sac.losses[kCriticLoss] = static_cast<float>(critic_loss);
  sac.losses[kQMean] = static_cast<float>(sac.Sums().q / values);
  // 3. Critics, and their slow copies behind them.
  sac.StepCritics();
  // 4. and 5. Policy, by the updated critics, and temperature, from the same draw.
  sac.StepPolicyAndTemperature(rows);
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
  const auto& values = impl_->losses;
  return {{"critic_loss", values[kCriticLoss]},
          {"actor_loss", values[kActorLoss]},
          {"alpha", impl_->alpha()},
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
  state.Put("last_losses", std::span<const float>(sac.losses));
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
  state.GetInto("last_losses", std::span<float>(sac.losses));
  state.GetRng("noise", sac.noise);
}

}  // namespace dyna::learner
