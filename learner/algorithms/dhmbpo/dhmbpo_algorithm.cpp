#include "learner/algorithms/dhmbpo/dhmbpo_algorithm.hpp"

#include <torch/torch.h>

#include <cmath>
#include <utility>

#include "common/core/check.hpp"
#include "learner/algorithms/dhmbpo/dhmbpo_impl.hpp"

namespace dyna::learner::dhmbpo {
namespace {

void CheckSpaces(const EnvSpec& spec) {
  const std::string name = "learner.algorithm = 'dhmbpo' needs ";
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

}  // namespace

DhmbpoAlgorithm::DhmbpoAlgorithm(const EnvSpec& spec, const Options& options, std::uint64_t seed,
                                 std::unique_ptr<WorldModel> model) {
  CheckSpaces(spec);
  DYNA_CHECK(model != nullptr || !options.uses_model());
  impl_ = std::make_unique<Impl>(spec, options, seed, std::move(model));
}

DhmbpoAlgorithm::~DhmbpoAlgorithm() = default;

Status DhmbpoAlgorithm::Update(BatchSource& source) {
  Impl& impl = *impl_;
  // 1. read new real rows
  if (Status read = impl.ReadNewRows(source); !read.ok()) return read;
  // 2. take the newest model
  if (impl.options.uses_model() && !impl.model->Refresh()) {
    return Error{ErrorCode::kBackpressure, "the learner waits for the first dynamics model"};
  }
  // 3. begin a block if one is due
  if (!impl.began || impl.rows_unlearned >= impl.options.block_steps) impl.BeginBlock();
  if (Status warm = impl.WarmUpCritics(source); !warm.ok()) return warm;
  // 4. to 7.
  return impl.options.uses_model() ? impl.UpdateFromModel(source) : impl.UpdateFromReplay(source);
}

nn::PolicyWeights DhmbpoAlgorithm::ActWeights() const {
  const Impl& impl = *impl_;
  nn::PolicyWeights weights;
  weights.kind = nn::PolicyWeights::Kind::kSquashedGaussian;
  weights.activation = nn::Activation::kSilu;
  weights.std_form = nn::StdForm::kSoftplus;
  weights.std_min = static_cast<float>(kActorStdMin);
  weights.layers =
      FoldNormalizer(impl.actor.Layers(), impl.statistics.mean(), impl.statistics.std());
  const auto center = nn::FloatSpan(impl.scales.action_center);
  const auto scale = nn::FloatSpan(impl.scales.action_scale);
  const auto columns = static_cast<Eigen::Index>(center.size());
  weights.action_center = Eigen::Map<const FloatVector>(center.data(), columns);
  weights.action_scale = Eigen::Map<const FloatVector>(scale.data(), columns);
  return weights;
}

Losses DhmbpoAlgorithm::LastLosses() const {
  const Impl& impl = *impl_;
  return {{"critic_loss", impl.losses[kCriticLoss]},
          {"actor_loss", impl.losses[kActorLoss]},
          {"alpha", impl.alpha()},
          {"entropy", impl.losses[kEntropy]},
          {"q_mean", impl.losses[kQMean]},
          {"q_low", impl.bounds.low()},
          {"q_high", impl.bounds.high()},
          {"actor_gradient_norm", impl.losses[kActorGradient]},
          {"states", static_cast<double>(impl.ring.size())}};
}

void DhmbpoAlgorithm::Save(StateDict& state) const {
  const Impl& impl = *impl_;
  impl.actor.parameters().Save("policy/", state);
  impl.critics.online().Save("critics/", state);
  impl.critics.targets().Save("target_critics/", state);
  impl.log_alpha_layout.Save("", impl.log_alpha, state);
  impl.actor_adam->Save("policy_adam/", state);
  impl.critic_adam->Save("critics_adam/", state);
  impl.log_alpha_adam->Save("log_alpha_adam/", state);
  impl.bounds.Save("bounds/", state);
  impl.ring.Save("ring/", state);
  StateDict part;
  impl.statistics.Save(part);
  state.Merge("statistics/", std::move(part));
  part = StateDict();
  impl.streams.Save(part);
  state.Merge("streams/", std::move(part));
  state.PutScalar<std::int64_t>("rows_unlearned", impl.rows_unlearned);
  state.PutScalar<std::int64_t>("began", impl.began ? 1 : 0);
  state.PutScalar<std::int64_t>("warmup_left", impl.warmup_left);
  state.PutScalar<std::int64_t>("refresh_in", impl.refresh_in);
  state.Put("last_losses", std::span<const float>(impl.losses));
}

void DhmbpoAlgorithm::Load(const StateDict& state) {
  Impl& impl = *impl_;
  impl.actor.parameters().Load("policy/", state);
  impl.critics.online().Load("critics/", state);
  impl.critics.targets().Load("target_critics/", state);
  impl.log_alpha_layout.Load("", state, impl.log_alpha);
  impl.actor_adam->Load("policy_adam/", state);
  impl.critic_adam->Load("critics_adam/", state);
  impl.log_alpha_adam->Load("log_alpha_adam/", state);
  impl.bounds.Load("bounds/", state);
  impl.ring.Load("ring/", state);
  impl.statistics.Load(state.Sub("statistics/"));
  impl.FreezeScales();
  impl.streams.Load(state.Sub("streams/"));
  impl.rows_unlearned = state.GetScalar<std::int64_t>("rows_unlearned");
  impl.began = state.GetScalar<std::int64_t>("began") != 0;
  impl.warmup_left = state.GetScalar<std::int64_t>("warmup_left");
  impl.refresh_in = state.GetScalar<std::int64_t>("refresh_in");
  state.GetInto("last_losses", std::span<float>(impl.losses));
}

}  // namespace dyna::learner::dhmbpo
