#include "learner/algorithms/dhmbpo/dhmbpo_options.hpp"

#include <algorithm>

namespace dyna::learner::dhmbpo {
namespace {

void ReadHorizons(Config& config, Options& options) {
  options.horizon = ReadHorizon(config);
  options.actor_horizon =
      config.GetInt("dhmbpo.actor_horizon", options.horizon, 0, options.horizon);
  options.critic = config.GetBool("dhmbpo.critic", true);
  if (!options.critic && options.actor_horizon == 0) {
    throw config.Wrong(
        "dhmbpo.critic",
        "true where dhmbpo.actor_horizon = 0: the actor would have nothing to climb");
  }
  options.distribution_length =
      config.GetInt("dhmbpo.distribution_length", options.horizon > 0 ? 20 : 0, 0, 1000);
  if (options.horizon == 0 && options.distribution_length > 0) {
    throw config.Wrong("dhmbpo.distribution_length",
                       "0 where dhmbpo.horizon = 0: imagined states have no reward to learn from");
  }
  options.refresh_every = config.GetInt("dhmbpo.refresh_every", 20, 1, 1'000'000);
  options.distribution_calls_kept =
      config.GetInt("dhmbpo.distribution_calls_kept", 10, 1, 1'000'000);
}

void ReadCritics(Config& config, Options& options) {
  options.critic_hidden = config.GetInts("dhmbpo.critic_hidden", {256, 256, 256}, 1, 16, 1, 65536);
  options.critics = config.GetInt("dhmbpo.critics", 5, 1, 100);
  options.target_critics = config.GetInt(
      "dhmbpo.target_critics", std::min<std::int64_t>(2, options.critics), 1, options.critics);
  options.critic_dropout = config.GetDouble("dhmbpo.critic_dropout", 1e-3, 0.0, 0.9);
  const auto quantiles = config.GetDoubles("dhmbpo.q_quantiles", {0.01, 0.99}, 2, 2, 0.0, 1.0);
  options.quantile_low = quantiles[0];
  options.quantile_high = quantiles[1];
  if (options.quantile_low >= options.quantile_high) {
    throw config.Wrong("dhmbpo.q_quantiles", "two numbers, the smaller one first");
  }
  const double share = options.horizon > 0 && options.critic ? 0.25 : 0.0;
  options.critic_warmup_share = config.GetDouble("dhmbpo.critic_warmup_share", share, 0.0, 10.0);
  if (share == 0.0 && options.critic_warmup_share > 0.0) {
    throw config.Wrong("dhmbpo.critic_warmup_share",
                       "0 without a critic or with dhmbpo.horizon = 0, where every critic update "
                       "takes a batch of its own from replay");
  }
}

}  // namespace

std::int64_t ReadHorizon(Config& config) { return config.GetInt("dhmbpo.horizon", 5, 0, 1000); }

Options Options::From(Config& config, const EnvSpec& spec) {
  Options options;
  ReadHorizons(config, options);
  ReadCritics(config, options);
  options.actor_hidden = config.GetInts("dhmbpo.actor_hidden", {256, 256, 256}, 1, 16, 1, 65536);
  options.reset_optimizers = config.GetBool("dhmbpo.reset_optimizers", true);
  options.learning_rate = config.GetDouble("dhmbpo.learning_rate", 3e-4, 0.0, 1.0);
  options.tau = config.GetDouble("dhmbpo.tau", 5e-3, 0.0, 1.0);
  options.gamma = config.GetDouble("dhmbpo.gamma", 0.995, 0.0, 0.999'999);
  options.alpha = config.GetDouble("dhmbpo.alpha", 0.1, 1e-6, 1e3);
  options.target_entropy = config.GetDouble("dhmbpo.target_entropy",
                                            -static_cast<double>(spec.action.columns()), -1e3, 1e3);
  options.batch_rows = config.GetInt("learner.batch_size", 256, 1, 65'536);
  options.block_steps = config.GetInt("model.train_every", 250, 1, 1'000'000'000);
  options.loss_max = LossMaxFrom(config);
  return options;
}

}  // namespace dyna::learner::dhmbpo
