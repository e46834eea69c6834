#pragma once

#include <cstdint>
#include <vector>

#include "common/core/env_spec.hpp"
#include "common/core/matrix.hpp"
#include "common/core/state_dict.hpp"

namespace dyna::nn {

enum class Activation : std::uint8_t { kRelu, kTanh, kSilu };

/// How a squashed Gaussian's standard deviation comes from the net's second half of outputs.
enum class StdForm : std::uint8_t {
  kExp,       ///< exp(clip(output, log_std_min, log_std_max))
  kSoftplus,  ///< ln(1 + exp(output)) + std_min
};

/// y = x W^T + b.
struct DenseLayer {
  RowMatrix weight = {};  ///< [out, in]
  FloatVector bias = {};  ///< [out]
};

/// What a policy needs to act, as plain arrays: actors read it without LibTorch.
struct PolicyWeights {
  enum class Kind : std::uint8_t {
    kSquashedGaussian,  ///< MLP -> [mean, log_std or raw std] (2A); action = center + scale *
                        ///< tanh(u)
    kQValues,           ///< MLP -> [n] action values; greedy = arg max
    kQTable,            ///< layers[0].weight is the table [n, states]; obs is the state index
  };

  Kind kind = Kind::kSquashedGaussian;
  Activation activation = Activation::kRelu;  ///< after every layer but the last
  std::vector<DenseLayer> layers = {};
  FloatVector action_center = {};    ///< [A], squashed Gaussian only
  FloatVector action_scale = {};     ///< [A], squashed Gaussian only
  StdForm std_form = StdForm::kExp;  ///< squashed Gaussian only
  float log_std_min = -20.0F;        ///< clip of log_std, StdForm::kExp only
  float log_std_max = 2.0F;
  float std_min = 0.0F;  ///< StdForm::kSoftplus only

  StateDict ToStateDict() const;
  /// CheckpointError when an entry is missing or shapes do not chain.
  static PolicyWeights FromStateDict(const StateDict& arrays);
  /// CheckpointError unless it takes this environment's observations and gives its actions. To be
  /// asked of weights that came from elsewhere: Policy aborts where they do not fit.
  void RequireFits(const EnvSpec& spec) const;
};

}  // namespace dyna::nn
