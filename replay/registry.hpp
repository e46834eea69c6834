#pragma once

#include <memory>

#include "replay/sampler.hpp"

namespace dyna::replay {

enum class SamplerKind : std::uint8_t { kUniform, kPrioritized };

/// `priority_alpha` is read by the prioritized sampler only.
std::unique_ptr<Sampler> MakeSampler(SamplerKind kind, double priority_alpha);

}  // namespace dyna::replay
