// Columns of transitions, samples and priorities.
//   u8 which; u16 observation columns; u8 action columns; u16 rows; u8 batches; u8 weighted;
//   payload

#include "common/core/check.hpp"
#include "common/wire/samples_codec.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/peak_memory.hpp"

namespace dyna::fuzz {
namespace {

/// The decoded columns; provenance takes 40 bytes instead of 36, weights are there even if the
/// wire leaves them out, and a batch has its columns' headers.
constexpr MemoryBound kBound = {.fixed_bytes = 1024, .per_byte = 4};

bool Equal(const wire::Bytes& again, ByteView payload) {
  return std::equal(again.begin(), again.end(), payload.begin(), payload.end());
}

}  // namespace

void RunPayloads(ByteView bytes) {
  Input input(bytes);
  const std::uint8_t which = input.Choice();
  const TransitionShape shape = {.obs_columns = input.Number<std::uint16_t>(),
                                 .action_columns = input.Choice()};
  const std::int64_t rows = input.Number<std::uint16_t>();
  const std::int64_t batches = 1 + input.Choice();
  const bool weighted = input.Choice() % 2 == 1;
  const ByteView payload = input.Rest();
  if (which % 3 == 0) {
    const auto decoded =
        Bounded(kBound, payload.size(), [&] { return wire::DecodeRows(payload, rows, shape); });
    if (decoded.ok()) DYNA_CHECK(Equal(wire::EncodeRows(decoded.value()), payload));
  } else if (which % 3 == 1) {
    const wire::SampleReply reply = {
        .rows = rows, .batches = batches, .weighted = weighted, .state = {}};
    MemoryBound bound = kBound;
    bound.fixed_bytes += static_cast<std::size_t>(batches) * sizeof(SampleBatch);
    const auto decoded =
        Bounded(bound, payload.size(), [&] { return wire::DecodeSamples(reply, payload, shape); });
    if (decoded.ok()) {
      DYNA_CHECK(Equal(wire::EncodeSamples(decoded.value(), weighted), payload));
    }
  } else {
    const wire::UpdatePriorities message = {.table = "real", .count = rows};
    const auto decoded =
        Bounded(kBound, payload.size(), [&] { return wire::DecodePriorities(message, payload); });
    if (decoded.ok()) DYNA_CHECK(Equal(wire::EncodePriorities(decoded.value()), payload));
  }
}

}  // namespace dyna::fuzz
