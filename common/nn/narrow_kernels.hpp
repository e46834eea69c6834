#pragma once

#include <cstdint>

namespace dyna::nn {

/// A float32 cut to its upper half: 8 bits of exponent, 7 of fraction (bfloat16).
using Bfloat16 = std::uint16_t;

/// narrow[i] = x[i] rounded to the nearest bfloat16, ties to even; what is too large for one is
/// infinite, NaN stays NaN.
void Narrow(std::int64_t size, const float* x, Bfloat16* narrow);

}  // namespace dyna::nn
