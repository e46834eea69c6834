// Arrays in NumPy's format, as a .npz file of transitions holds them.

#include "cli/data/npy.hpp"

#include <cstring>

#include "common/core/check.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/peak_memory.hpp"

namespace dyna::fuzz {
namespace {

/// A byte becomes a float32, twice while an array in Fortran's order is turned.
constexpr MemoryBound kBound = {.fixed_bytes = 2048, .per_byte = 9};

}  // namespace

void RunNpy(ByteView bytes) {
  const auto column = Bounded(kBound, bytes.size(), [&] { return cli::DecodeNpy(bytes); });
  if (!column.ok()) return;
  const cli::Column& first = column.value();
  DYNA_CHECK(cli::ValuesIn(first.shape) == static_cast<std::int64_t>(first.values.size()));
  if (first.type != cli::Column::Type::kFloat32) return;  // beyond 2^24 float32 is not exact
  const auto again = cli::DecodeNpy(cli::EncodeNpy(first));
  DYNA_CHECK(again.ok() && again.value().shape == first.shape);
  // Bytes, for NaN is not equal to itself.
  DYNA_CHECK(first.values.empty() || std::memcmp(first.values.data(), again.value().values.data(),
                                                 first.values.size() * sizeof(float)) == 0);
}

}  // namespace dyna::fuzz
