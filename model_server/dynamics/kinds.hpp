#pragma once

namespace dyna::dynamics {

/// Values of "model.kind".
inline constexpr const char* kProbabilisticEnsemble = "probabilistic_ensemble";
inline constexpr const char* kDeterministicEnsemble = "deterministic_ensemble";
inline constexpr const char* kLayerNormEnsemble = "layer_norm_ensemble";

}  // namespace dyna::dynamics
