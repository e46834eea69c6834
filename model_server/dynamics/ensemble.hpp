#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "common/core/state_dict.hpp"
#include "model_server/dynamics/dynamics_model.hpp"
#include "model_server/dynamics/ensemble_net.hpp"
#include "model_server/dynamics/model_options.hpp"
#include "model_server/dynamics/normalizer.hpp"
#include "model_server/dynamics/output_head.hpp"

namespace dyna::dynamics {

/// The predicting half of an ensemble: everything a forecast depends on, and nothing of training.
struct Ensemble {
  Ensemble(const ModelOptions& options, std::unique_ptr<const OutputHead> head);

  /// One member's forecast [B,D] for raw inputs [B,I].
  Forecast PredictMember(std::int64_t member, const at::Tensor& inputs) const;
  /// The head's parameters that member uses, [S].
  at::Tensor HeadParameters(std::int64_t member) const;
  /// Outputs of the net that `head` reads, [B, head outputs], and the termination logit [B].
  at::Tensor HeadColumns(const at::Tensor& out) const;
  at::Tensor TerminationColumn(const at::Tensor& out) const;

  void Save(StateDict& state) const;
  void Load(const StateDict& state);

  ModelOptions options;
  std::unique_ptr<const OutputHead> head;
  EnsembleNet net;
  at::Tensor shared;  ///< [S] parameters of the head; none if it has them per member
  Normalizer input;   ///< [I]
  Normalizer target;  ///< [D]; identity unless options.normalize_targets
  std::vector<std::int64_t> elites = {};  ///< best first
};

}  // namespace dyna::dynamics
