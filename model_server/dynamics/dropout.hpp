#pragma once

#include <cstdint>
#include <vector>

#include "common/core/rng.hpp"

namespace dyna::dynamics {

/// Which of `count` places are dropped, each with probability `rate` in [0, 1), ascending. Jumps
/// from one to the next, so a small rate costs few draws.
void DrawDropped(double rate, std::int64_t count, Rng& rng, std::vector<std::int64_t>& dropped);

}  // namespace dyna::dynamics
