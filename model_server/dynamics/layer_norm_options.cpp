#include "model_server/dynamics/layer_norm_options.hpp"

#include <cmath>
#include <string>

#include "common/core/error.hpp"

namespace dyna::dynamics {
namespace {

constexpr std::int64_t kBatchesPerEpoch = 5;
constexpr double kDropoutFirst = 0.0075;
constexpr double kNormEpsilonLast = 0.01;
constexpr double kDecayLast = 1e-3;

/// 0.0075, 0.005, 0.0025 for three hidden layers.
std::vector<double> DefaultDropout(std::size_t hidden) {
  std::vector<double> dropout;
  for (std::size_t l = 0; l < hidden; ++l) {
    dropout.push_back(kDropoutFirst * static_cast<double>(hidden - l) /
                      static_cast<double>(hidden));
  }
  return dropout;
}

/// 1, 0.1, 0.01 for three hidden layers: even steps of the logarithm.
std::vector<double> DefaultNormEpsilon(std::size_t hidden) {
  std::vector<double> epsilon = {1.0};
  for (std::size_t l = 1; l < hidden; ++l) {
    epsilon.push_back(
        std::pow(kNormEpsilonLast, static_cast<double>(l) / static_cast<double>(hidden - 1)));
  }
  return epsilon;
}

/// One number is meant for every hidden layer; else one per layer.
std::vector<double> ReadPerHidden(Config& config, const std::string& key,
                                  const std::vector<double>& fallback, double high) {
  auto values = config.GetDoubles(key, fallback, 1, 16, 0.0, high);
  if (values.size() == 1) values.assign(fallback.size(), values[0]);
  if (values.size() != fallback.size()) {
    throw config.Wrong(key, "one number, or " + std::to_string(fallback.size()) +
                                " of them, one per layer of model.hidden");
  }
  return values;
}

}  // namespace

void SetLayerNormDefaults(const ModelShape& shape, ModelOptions& options) {
  const double scale = std::log(1.0 + static_cast<double>(shape.obs_columns));
  options.members = 8;
  options.elites = 8;
  options.hidden = {256, 256, 256};
  options.he_init = true;
  options.batch_rows = 2048;
  options.decay_decoupled = true;
  options.weight_decay_noise = 1e-2;
  options.reward_noise = 1e-3;
  options.normalize_targets = true;
  options.normalize_actions = false;
  options.std_min = 1e-4;
  options.rows_max = 100'000;
  options.epoch_batches_max = kBatchesPerEpoch;
  options.holdout_rows_max = kBatchesPerEpoch * options.batch_rows;
  options.patience_epochs = static_cast<std::int64_t>(50.0 * scale);
  options.epochs_max = static_cast<std::int64_t>(250.0 * scale);
  options.first_training_factor = 5;
}

void ReadLayerNormOptions(Config& config, ModelOptions& o) {
  const std::size_t hidden = o.hidden.size();
  o.norm_epsilon =
      ReadPerHidden(config, "model.layer_norm_epsilon", DefaultNormEpsilon(hidden), 1e3);
  o.dropout = ReadPerHidden(config, "model.dropout", DefaultDropout(hidden), 0.9);
  o.weight_decay_noise =
      config.GetDouble("model.weight_decay_noise", o.weight_decay_noise, 0.0, 1.0);
  o.noise_std_min = config.GetDouble("model.noise_std_min", o.noise_std_min, 1e-9, 1.0);
  o.reward_noise = config.GetDouble("model.reward_noise", o.reward_noise, 0.0, 1e6);
  o.std_min = config.GetDouble("model.std_min", o.std_min, 0.0, 1.0);
  o.normalize_actions = config.GetBool("model.normalize_actions", o.normalize_actions);
  o.rows_max = config.GetInt("model.rows_max", o.rows_max, 0, 1'000'000'000);
  o.epoch_batches_max =
      config.GetInt("model.epoch_batches_max", o.epoch_batches_max, 0, 1'000'000'000);
  o.first_training_factor =
      config.GetInt("model.first_training_factor", o.first_training_factor, 1, 1000);
  o.improvement_p = config.GetDouble("model.improvement_p", o.improvement_p, 1e-9, 1.0);
  o.reset_p = config.GetDouble("model.reset_p", o.reset_p, 0.0, 1.0);
  if (o.reset_p < o.improvement_p) {
    throw config.Wrong("model.reset_p", "at least model.improvement_p");
  }
}

std::vector<double> LayerNormWeightDecay(std::int64_t layers) {
  std::vector<double> decay;
  for (std::int64_t l = 1; l <= layers; ++l) {
    decay.push_back(kDecayLast * static_cast<double>(l) / static_cast<double>(layers));
  }
  return decay;
}

}  // namespace dyna::dynamics
