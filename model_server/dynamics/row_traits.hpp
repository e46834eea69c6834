#pragma once

#include <cstdint>
#include <span>

namespace dyna::dynamics {

/// What a transition keeps for life, drawn from streams named by its permanent number (see
/// Dataset::number): nothing is stored, and a row has the same traits in every training.

/// True with probability `share`: the row is for validation, never for gradients.
bool IsValidationRow(std::uint64_t seed, std::int64_t number, double share);
/// weights [E] ~ Exp(1), one per member: a Bayesian bootstrap (Rubin 1981).
void DrawRowWeights(std::uint64_t seed, std::int64_t number, std::span<float> weights);

}  // namespace dyna::dynamics
