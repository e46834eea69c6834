#include "learner/algorithms/dhmbpo/dhmbpo_impl.hpp"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "learner/algorithms/batch_check.hpp"
#include "learner/algorithms/dhmbpo/objectives.hpp"

namespace dyna::learner::dhmbpo {
namespace {

/// Rows of one read from replay.
constexpr std::int64_t kReadRowsMax = 65'536;

at::Tensor ToTensor(const RowMatrix& matrix) {
  at::Tensor tensor = torch::empty({matrix.rows(), matrix.cols()});
  std::copy_n(matrix.data(), matrix.size(), tensor.data_ptr<float>());
  return tensor;
}

at::Tensor ToTensor(const FloatVector& vector) {
  at::Tensor tensor = torch::empty({vector.size()});
  std::copy_n(vector.data(), vector.size(), tensor.data_ptr<float>());
  return tensor;
}

nn::FlatLayout ScalarLayout() {
  nn::FlatLayout layout;
  layout.Add("log_alpha", {1});
  return layout;
}

std::int64_t RingCapacity(const Options& options) {
  if (!options.uses_model()) return 1;
  return options.batch_rows * std::max<std::int64_t>(options.distribution_length, 1) *
         options.distribution_calls_kept;
}

}  // namespace

DhmbpoAlgorithm::Impl::Impl(const EnvSpec& spec, const Options& options_in, std::uint64_t seed,
                            std::unique_ptr<WorldModel> model_in)
    : options(options_in),
      shape(spec.transition_shape()),
      model(std::move(model_in)),
      init(seed, "learner/init"),
      actor(shape.obs_columns, shape.action_columns, options.actor_hidden, init),
      critics({.members = options.critics,
               .inputs = shape.obs_columns + shape.action_columns,
               .hidden = options.critic_hidden,
               .dropout = options.critic_dropout},
              init),
      log_alpha_layout(ScalarLayout()),
      log_alpha(torch::full({1}, std::log(options.alpha), torch::kFloat32)),
      statistics(shape.obs_columns),
      bounds({.quantile_low = options.quantile_low,
              .quantile_high = options.quantile_high,
              .gamma = options.gamma,
              .rate = options.learning_rate}),
      ring(RingCapacity(options), shape.obs_columns),
      streams(seed) {
  scales.action_center = torch::empty({shape.action_columns});
  scales.action_scale = torch::empty({shape.action_columns});
  for (std::size_t j = 0; j < spec.action.low.size(); ++j) {
    const double low = spec.action.low[j], high = spec.action.high[j];
    nn::FloatSpan(scales.action_center)[j] = static_cast<float>(0.5 * (low + high));
    nn::FloatSpan(scales.action_scale)[j] = static_cast<float>(0.5 * (high - low));
  }
  FreezeScales();
  ResetOptimizers();
}

float DhmbpoAlgorithm::Impl::alpha() const { return std::exp(nn::FloatSpan(log_alpha)[0]); }

at::Tensor DhmbpoAlgorithm::Impl::CriticInput(const at::Tensor& obs,
                                              const at::Tensor& action) const {
  return torch::cat({scales.Normalize(obs), action}, 1);
}

at::Tensor DhmbpoAlgorithm::Impl::Values(const std::vector<at::Tensor>& parameters,
                                         const at::Tensor& input, Rng* drop) const {
  return bounds.center() + bounds.width() * critics.Forward(parameters, input, drop);
}

at::Tensor DhmbpoAlgorithm::Impl::TargetValue(const at::Tensor& obs, const at::Tensor& action) {
  const torch::NoGradGuard no_grad;
  const at::Tensor values =
      Values(critics.targets().constants(), CriticInput(obs, action), /*drop=*/nullptr);
  return MinimumOfDrawn(values, options.target_critics, streams.pairs)
      .clamp(bounds.low(), bounds.high());
}

Status DhmbpoAlgorithm::Impl::ReadNewRows(BatchSource& source) {
  while (true) {
    const auto read = source.ReadNew(kReadRowsMax);
    if (!read.ok()) return read.error();
    if (read.value().size() == 0) return Done{};
    statistics.Add(read.value().obs);
    rows_unlearned += read.value().size();
  }
}

void DhmbpoAlgorithm::Impl::BeginBlock() {
  began = true;
  statistics.Freeze();
  FreezeScales();
  if (options.reset_optimizers) ResetOptimizers();
  warmup_left = std::llround(options.critic_warmup_share *
                             static_cast<double>(std::min(rows_unlearned, options.block_steps)));
  refresh_in = 0;
  rows_unlearned = 0;
}

void DhmbpoAlgorithm::Impl::FreezeScales() {
  scales.obs_mean = ToTensor(statistics.mean());
  scales.obs_std = ToTensor(statistics.std());
}

void DhmbpoAlgorithm::Impl::ResetOptimizers() {
  const nn::AdamOptions adam = {.learning_rate = options.learning_rate};
  actor_adam.emplace(actor.parameters().layout(), adam);
  critic_adam.emplace(critics.online().layout(), adam);
  log_alpha_adam.emplace(log_alpha_layout, adam);
}

Status DhmbpoAlgorithm::Impl::RefreshStates(BatchSource& source) {
  const Streams before = streams;
  const std::int64_t wanted =
      options.batch_rows * std::max<std::int64_t>(options.distribution_length, 1);
  std::vector<at::Tensor> kept;
  for (std::int64_t rows = 0; rows < wanted; rows += kept.back().size(0)) {
    const auto starts = source.Sample();
    if (!starts.ok()) {
      streams = before;
      return starts.error();
    }
    CheckBatch(starts.value(), shape);
    kept.push_back(
        roller().States(ToTensor(starts.value().rows.obs), options.distribution_length, streams));
  }
  for (const at::Tensor& states : kept) ring.Add(states);
  refresh_in = options.refresh_every;
  return Done{};
}

Status DhmbpoAlgorithm::Impl::WarmUpCritics(BatchSource& source) {
  if (warmup_left == 0) return Done{};
  if (Status fresh = RefreshStates(source); !fresh.ok()) return fresh;
  const torch::NoGradGuard no_grad;
  for (; warmup_left > 0; --warmup_left) {
    StepCritics(RegressionOn(
        roller().Roll(ring.Draw(options.batch_rows, streams.rows), options.horizon, streams)));
  }
  refresh_in = 0;
  return Done{};
}

Status DhmbpoAlgorithm::Impl::UpdateFromModel(BatchSource& source) {
  // 4. every refresh_every updates: a distribution rollout from real states
  if (refresh_in == 0) {
    if (Status fresh = RefreshStates(source); !fresh.ok()) return fresh;
  }
  --refresh_in;
  // 5. roll H steps from B of its states
  const Rollout rollout =
      roller().Roll(ring.Draw(options.batch_rows, streams.rows), options.horizon, streams);
  // 6. critics, bounds and targets
  if (options.critic) StepCritics(RegressionOn(rollout));
  // 7. actor and temperature
  StepActorAndTemperature(rollout);
  return Done{};
}

Status DhmbpoAlgorithm::Impl::UpdateFromReplay(BatchSource& source) {
  const auto sampled = source.Sample();
  if (!sampled.ok()) return sampled.error();
  CheckBatch(sampled.value(), shape);
  StepCritics(RegressionOn(sampled.value()));
  StepActorAndTemperature(
      roller().Roll(ToTensor(sampled.value().rows.obs), /*horizon=*/0, streams));
  return Done{};
}

Regression DhmbpoAlgorithm::Impl::RegressionOn(const Rollout& rollout) {
  const torch::NoGradGuard no_grad;
  bounds.Update(SoftRewards(rollout, alpha()));
  const at::Tensor terminal = TargetValue(rollout.obs.back(), rollout.action.back());
  return {.input = CriticInput(rollout.obs.front(), rollout.action.front()),
          .target = CriticTarget(rollout, terminal, alpha(), options.gamma)};
}

Regression DhmbpoAlgorithm::Impl::RegressionOn(const SampleBatch& batch) {
  const torch::NoGradGuard no_grad;
  // A rollout of one real step: the target's formula is that of H = 1.
  Rollout step = roller().Roll(ToTensor(batch.rows.next_obs), /*horizon=*/0, streams);
  step.obs.insert(step.obs.begin(), ToTensor(batch.rows.obs));
  step.action.insert(step.action.begin(), scales.FromEnvironment(ToTensor(batch.rows.action)));
  step.log_prob.insert(step.log_prob.begin(), step.log_prob.front());
  step.alive.push_back(ToTensor(batch.rows.terminated) == 0.0);
  step.reward.push_back(ToTensor(batch.rows.reward));
  return RegressionOn(step);
}

void DhmbpoAlgorithm::Impl::StepCritics(const Regression& rows) {
  const torch::AutoGradMode grad(true);
  const at::Tensor q = Values(critics.online().leaves(), rows.input, &streams.dropout);
  const at::Tensor loss = (q - rows.target).square().mean(1).sum();
  const double mean = loss.item<double>() / static_cast<double>(options.critics);
  RequireConverging("critic_loss", mean, options.loss_max);
  losses[kCriticLoss] = static_cast<float>(mean);
  losses[kQMean] = q.detach().mean().item<float>();
  critics.online().Step(*critic_adam, critics.online().GradientOf(loss),
                        {.values = nn::FloatSpan(critics.targets().flat()), .weight = options.tau});
}

void DhmbpoAlgorithm::Impl::StepActorAndTemperature(const Rollout& rollout) {
  const auto h = static_cast<std::size_t>(options.actor_horizon);
  at::Tensor terminal;
  if (options.critic) {
    const at::Tensor input = CriticInput(rollout.obs[h], rollout.action[h]);
    terminal = Values(critics.online().constants(), input, /*drop=*/nullptr).mean(0);
  }
  const at::Tensor loss =
      -ActorObjective(rollout, options.actor_horizon, terminal, alpha(), options.gamma);
  RequireConverging("actor_loss", loss.item<double>(), options.loss_max);
  const at::Tensor gradient = actor.parameters().GradientOf(loss);
  const double norm = gradient.norm().item<double>();
  RequireConverging("actor_gradient_norm", norm, options.loss_max);
  const double entropy = -rollout.log_prob[0].mean().item<double>();
  losses[kActorLoss] = loss.item<float>();
  losses[kActorGradient] = static_cast<float>(norm);
  losses[kEntropy] = static_cast<float>(entropy);
  // L = alpha (entropy - target entropy), entropy constant.
  const at::Tensor temperature_gradient =
      torch::full({1}, static_cast<double>(alpha()) * (entropy - options.target_entropy));
  actor.parameters().Step(*actor_adam, gradient);
  const std::array<const float*, 1> whole = {temperature_gradient.data_ptr<float>()};
  log_alpha_adam->Step(nn::FloatSpan(log_alpha), whole);
}

}  // namespace dyna::learner::dhmbpo
