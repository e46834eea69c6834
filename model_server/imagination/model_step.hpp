#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "common/core/rng.hpp"
#include "common/core/state_dict.hpp"
#include "common/nn/torch/generator.hpp"
#include "model_server/dynamics/dynamics_model.hpp"
#include "model_server/imagination/imagination_options.hpp"

namespace dyna::imagination {

/// One imagined step of B rows.
struct StepOutcome {
  at::Tensor next_obs = {};    ///< [B,O] float32
  at::Tensor reward = {};      ///< [B] float32
  at::Tensor terminated = {};  ///< [B] bool
  at::Tensor valid = {};       ///< [B] bool: everything finite and within prediction_max
};

/// Turns a model's forecast into a transition: draws the member and the noise, applies the known
/// rules. Owns the random streams of both. Single-threaded.
class ModelStep {
 public:
  explicit ModelStep(const ImaginationOptions& options);

  ///   obs     [B,O]  float32
  ///   action  [B,A]  float32, environment units, or [B,1] indices
  /// A learned termination is taken at probability 0.5 and above.
  StepOutcome Roll(const dynamics::DynamicsModel& model, const at::Tensor& obs,
                   const at::Tensor& action);
  /// Std over the elites of their means, averaged over rows and columns; 0 for one elite.
  double Disagreement(const dynamics::DynamicsModel& model, const at::Tensor& obs,
                      const at::Tensor& action) const;

  void Save(StateDict& state) const;
  void Load(const StateDict& state);

 private:
  dynamics::Forecast Predict(const dynamics::DynamicsModel& model, const at::Tensor& inputs);
  void ApplyRules(const at::Tensor& obs, const at::Tensor& action, StepOutcome& outcome) const;

  ImaginationOptions options_;
  Rng members_;
  nn::TorchGenerator noise_;
};

}  // namespace dyna::imagination
