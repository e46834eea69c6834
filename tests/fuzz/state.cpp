// A state: checkpoint files, snapshots and published weights. u8 choice: bit 0 the rest is a
// payload, its header is right; else the rest is the whole file.

#include "common/checkpoint/state_codec.hpp"
#include "common/core/check.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/peak_memory.hpp"
#include "tests/fuzz/repair.hpp"

namespace dyna::fuzz {
namespace {

/// An entry takes at least 16 bytes of a file and 120 of a map; shapes are read before the entry is
/// known to be right.
constexpr MemoryBound kBound = {.fixed_bytes = 4 << 10U, .per_byte = 12};

}  // namespace

void RunState(ByteView bytes) {
  Input input(bytes);
  const bool repaired = input.Choice() % 2 == 1;
  const ByteView rest = input.Rest();
  const Bytes file = repaired ? StateOf(rest) : Bytes(rest.begin(), rest.end());
  const auto decoded = Bounded(kBound, file.size(), [&] { return DecodeState(file); });
  if (decoded.ok()) DYNA_CHECK(EncodeState(decoded.value()) == file);
}

}  // namespace dyna::fuzz
