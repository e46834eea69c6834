#pragma once

#include <cstdint>
#include <vector>

#include "model_server/dynamics/model_options.hpp"

namespace dyna::dynamics {

/// Defaults of the "layer_norm_ensemble": those of DHMBPO (Kubo et al. 2025, official code), with
/// patience int(50 ln(1 + O)) and at most int(250 ln(1 + O)) epochs for O observation columns, five
/// times both in the first training. Its epochs have 5 mini-batches, as its config says; its loop
/// ran 6.
void SetLayerNormDefaults(const ModelShape& shape, ModelOptions& options);

/// Reads the keys that only this kind has. `options.hidden` is final by now.
void ReadLayerNormOptions(Config& config, ModelOptions& options);

/// 1e-3 at the last layer, falling to nothing evenly: (0.25, 0.5, 0.75, 1) * 1e-3 for four layers.
std::vector<double> LayerNormWeightDecay(std::int64_t layers);

}  // namespace dyna::dynamics
