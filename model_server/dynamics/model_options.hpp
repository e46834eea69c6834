#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/config/config.hpp"
#include "common/core/env_spec.hpp"
#include "common/nn/policy_weights.hpp"

namespace dyna::dynamics {

/// Where a quantity of a transition comes from.
enum class Source : std::uint8_t {
  kLearned,  ///< the model predicts it
  kKnown,    ///< common/rules computes it
  kNever,    ///< termination only: the episode never ends by itself
};

/// What goes into and comes out of a model.
struct ModelShape {
  std::int64_t obs_columns = 0;
  std::int64_t action_columns = 0;  ///< as stored: 1 if discrete
  std::int64_t action_choices = 0;  ///< n of a discrete action (one-hot input); 0 = a box
  Source reward = Source::kLearned;
  Source termination = Source::kNever;

  std::int64_t inputs() const noexcept {
    return obs_columns + (action_choices > 0 ? action_choices : action_columns);
  }
  /// Columns of the regression target: [reward if learned, s' - s].
  std::int64_t targets() const noexcept { return reward_columns() + obs_columns; }
  std::int64_t reward_columns() const noexcept { return reward == Source::kLearned ? 1 : 0; }
  bool learns_termination() const noexcept { return termination == Source::kLearned; }
  bool operator==(const ModelShape&) const = default;
};

/// Everything that defines a dynamics model and its training ("model.*"). The defaults are those
/// of the probabilistic ensemble of MBPO (Janner et al. 2019, official code).
struct ModelOptions {
  std::string kind = "probabilistic_ensemble";
  ModelShape shape = {};
  std::int64_t members = 7;
  std::int64_t elites = 5;
  std::vector<std::int64_t> hidden = {200, 200, 200, 200};
  nn::Activation activation = nn::Activation::kSilu;
  double learning_rate = 1e-3;
  std::int64_t batch_rows = 256;                                            ///< per member
  std::vector<double> weight_decay = {2.5e-5, 5e-5, 7.5e-5, 7.5e-5, 1e-4};  ///< per layer
  std::vector<double> norm_epsilon = {};  ///< LayerNorm before layers 1, 2, ...; 0: none
  std::vector<double> dropout = {};       ///< per hidden layer, of its pre-activations
  bool he_init = false;                   ///< else MBPO's
  /// Weight decay shrinks weights and biases by itself (AdamW) instead of through the gradient.
  bool decay_decoupled = false;
  double weight_decay_noise = 0.0;  ///< of a member's log-std
  double noise_std_min = 1e-3;      ///< below, a member's log-std costs nothing more
  double reward_noise = 0.0;        ///< std, raw units, added to reward targets in training
  double std_min = 0.0;             ///< floor of every normaliser; 0: constant columns have std 1
  bool normalize_actions = true;
  std::int64_t rows_max = 0;               ///< a random subset trains when there are more; 0 = all
  std::int64_t epoch_batches_max = 0;      ///< of one epoch; 0 = all rows
  double improvement_p = 0.1;              ///< of the paired test: below it, a new best
  double reset_p = 0.5;                    ///< below it, patience starts again
  std::int64_t first_training_factor = 1;  ///< the first training's patience and epochs_max
  /// Each member's own sample: rows drawn with replacement, or weighted by Exp(1) for life.
  bool bootstrap = true;
  bool normalize_targets = false;
  bool learn_variance_bounds = true;
  double variance_bound_weight = 0.01;  ///< of sum(max) - sum(min) in the loss
  double holdout_fraction = 0.2;        ///< 0 = no hold-out, no early stop
  std::int64_t holdout_rows_max = 5000;
  double improvement_min = 0.01;     ///< relative drop of hold-out MSE that counts
  std::int64_t patience_epochs = 5;  ///< stop after more epochs than this without one
  std::int64_t epochs_max = 0;       ///< 0 = no cap
  std::int64_t steps_max = 0;        ///< gradient steps of one training; 0 = no cap
  std::uint64_t seed = 0;

  std::int64_t layers() const noexcept { return static_cast<std::int64_t>(hidden.size()) + 1; }
  /// Reads "model.*" and "run.seed". ConfigError for an environment with index observations, for
  /// known rewards or terminations that common/rules does not have, and for values that clash.
  static ModelOptions From(Config& config, const EnvSpec& spec);
};

/// The per-layer decay coefficients for a net of `layers` layers: MBPO's for five, else evenly
/// spaced between its first and last.
std::vector<double> DefaultWeightDecay(std::int64_t layers);

}  // namespace dyna::dynamics
