#include "model_server/dynamics/model_options.hpp"

#include <algorithm>
#include <limits>

#include "common/core/error.hpp"
#include "common/rules/rules.hpp"
#include "model_server/dynamics/kinds.hpp"
#include "model_server/dynamics/layer_norm_options.hpp"

namespace dyna::dynamics {
namespace {

constexpr double kDecayFirst = 2.5e-5;
constexpr double kDecayLast = 1e-4;

/// The deterministic ensemble's defaults are those of the CS285 course (homework 4, 2023).
ModelOptions DefaultsOf(const std::string& kind, const ModelShape& shape) {
  ModelOptions options;
  options.kind = kind;
  options.shape = shape;
  if (kind == kDeterministicEnsemble) {
    options.members = 3;
    options.elites = 3;
    options.hidden = {250, 250};
    options.activation = nn::Activation::kTanh;
    options.batch_rows = 512;
    options.weight_decay = {0.0, 0.0, 0.0};
    options.bootstrap = false;
    options.normalize_targets = true;
    options.holdout_fraction = 0.0;
    options.steps_max = 1500;
  }
  if (kind == kLayerNormEnsemble) SetLayerNormDefaults(shape, options);
  return options;
}

nn::Activation ReadActivation(Config& config, nn::Activation fallback) {
  const std::vector<std::string> names = {"relu", "tanh", "silu"};  // in the order of the enum
  const std::string name =
      config.GetChoice("model.activation", names[static_cast<std::size_t>(fallback)], names);
  return static_cast<nn::Activation>(std::find(names.begin(), names.end(), name) - names.begin());
}

Source ReadReward(Config& config, const EnvSpec& spec) {
  const std::string name = config.GetChoice("model.reward", "learned", {"learned", "known"});
  if (name == "learned") return Source::kLearned;
  if (rules::RulesFor(spec.name).reward == nullptr) {
    throw config.Wrong("model.reward", "\"learned\": no reward rule is known for " + spec.name);
  }
  return Source::kKnown;
}

Source ReadTermination(Config& config, const EnvSpec& spec) {
  const bool known = rules::RulesFor(spec.name).terminated != nullptr;
  const std::string name = config.GetChoice("model.termination", known ? "known" : "learned",
                                            {"known", "learned", "never"});
  if (name == "learned") return Source::kLearned;
  if (name == "never") return Source::kNever;
  if (!known) {
    throw config.Wrong("model.termination",
                       "\"learned\" or \"never\": no termination rule is known for " + spec.name);
  }
  return Source::kKnown;
}

ModelShape ReadShape(Config& config, const EnvSpec& spec) {
  if (spec.observation.discrete()) {
    throw ConfigError(
        "model.kind: a neural dynamics model needs vector observations, and those of " + spec.name +
        " are " + spec.observation.ToString() + "; use a tabular algorithm");
  }
  ModelShape shape;
  shape.obs_columns = spec.observation.columns();
  shape.action_columns = spec.action.columns();
  shape.action_choices = spec.action.discrete() ? spec.action.n : 0;
  shape.reward = ReadReward(config, spec);
  shape.termination = ReadTermination(config, spec);
  return shape;
}

/// One coefficient is meant for every layer; else one per layer.
std::vector<double> ReadDecay(Config& config, const ModelOptions& options) {
  const auto layers = static_cast<std::size_t>(options.layers());
  auto fallback = DefaultWeightDecay(options.layers());
  if (options.kind == kDeterministicEnsemble) fallback.assign(layers, 0.0);
  if (options.kind == kLayerNormEnsemble) fallback = LayerNormWeightDecay(options.layers());
  auto decay = config.GetDoubles("model.weight_decay", fallback, 1, 17, 0.0, 1.0);
  if (decay.size() == 1) decay.assign(layers, decay[0]);
  if (decay.size() != layers) {
    throw config.Wrong("model.weight_decay",
                       "one number, or " + std::to_string(layers) +
                           " of them, one per layer of model.hidden plus one");
  }
  return decay;
}

void ReadStopping(Config& config, ModelOptions& options) {
  options.holdout_fraction =
      config.GetDouble("model.holdout_fraction", options.holdout_fraction, 0.0, 0.9);
  options.holdout_rows_max =
      config.GetInt("model.holdout_rows_max", options.holdout_rows_max, 1, 10'000'000);
  if (options.kind != kLayerNormEnsemble) {
    options.improvement_min =
        config.GetDouble("model.improvement_min", options.improvement_min, 0.0, 1.0);
  }
  options.patience_epochs =
      config.GetInt("model.patience_epochs", options.patience_epochs, 0, 1'000'000);
  options.epochs_max = config.GetInt("model.epochs_max", options.epochs_max, 0, 1'000'000'000);
  options.steps_max = config.GetInt("model.steps_max", options.steps_max, 0, 1'000'000'000);
  if (options.holdout_fraction == 0.0 && options.epochs_max == 0 && options.steps_max == 0) {
    throw config.Wrong("model.holdout_fraction",
                       "above 0 unless model.epochs_max or model.steps_max is: "
                       "training would never stop");
  }
}

}  // namespace

std::vector<double> DefaultWeightDecay(std::int64_t layers) {
  if (layers == 5) return ModelOptions{}.weight_decay;
  std::vector<double> decay(static_cast<std::size_t>(layers), kDecayLast);
  for (std::int64_t i = 0; i + 1 < layers; ++i) {
    const double fraction = static_cast<double>(i) / static_cast<double>(layers - 1);
    decay[static_cast<std::size_t>(i)] = kDecayFirst + fraction * (kDecayLast - kDecayFirst);
  }
  return decay;
}

ModelOptions ModelOptions::From(Config& config, const EnvSpec& spec) {
  const std::string kind =
      config.GetChoice("model.kind", kProbabilisticEnsemble,
                       {kProbabilisticEnsemble, kDeterministicEnsemble, kLayerNormEnsemble});
  ModelOptions options = DefaultsOf(kind, ReadShape(config, spec));
  options.members = config.GetInt("model.members", options.members, 1, 100);
  options.elites =
      config.GetInt("model.elites", std::min(options.elites, options.members), 1, options.members);
  options.hidden = config.GetInts("model.hidden", options.hidden, 1, 16, 1, 100'000);
  options.activation = ReadActivation(config, options.activation);
  options.learning_rate = config.GetDouble("model.learning_rate", options.learning_rate, 1e-9, 1.0);
  options.batch_rows = config.GetInt("model.batch_size", options.batch_rows, 1, 1'000'000);
  options.weight_decay = ReadDecay(config, options);
  options.bootstrap = config.GetBool("model.bootstrap", options.bootstrap);
  options.normalize_targets = config.GetBool("model.normalize_targets", options.normalize_targets);
  if (kind == kLayerNormEnsemble) {
    ReadLayerNormOptions(config, options);
  } else {
    options.learn_variance_bounds =
        config.GetBool("model.learn_variance_bounds", options.learn_variance_bounds);
    options.variance_bound_weight =
        config.GetDouble("model.variance_bound_weight", options.variance_bound_weight, 0.0, 1e3);
  }
  ReadStopping(config, options);
  options.seed = static_cast<std::uint64_t>(
      config.GetInt("run.seed", 0, 0, std::numeric_limits<std::int64_t>::max()));
  return options;
}

}  // namespace dyna::dynamics
