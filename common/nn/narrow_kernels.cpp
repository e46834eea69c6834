#include "common/nn/narrow_kernels.hpp"

#include <bit>

#include "common/nn/vector_clones.hpp"

namespace dyna::nn {

DYNA_VECTOR_CLONES
void Narrow(std::int64_t size, const float* __restrict x, Bfloat16* __restrict narrow) {
  for (std::int64_t i = 0; i < size; ++i) {
    const auto bits = std::bit_cast<std::uint32_t>(x[i]);
    // Half of the last place that stays, less a little where a tie is even already.
    const std::uint32_t rounded = bits + 0x7FFFU + ((bits >> 16U) & 1U);
    const bool nan = (bits & 0x7FFFFFFFU) > 0x7F800000U;
    narrow[i] = static_cast<Bfloat16>((nan ? bits | 0x400000U : rounded) >> 16U);
  }
}

}  // namespace dyna::nn
