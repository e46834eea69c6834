// One file of a replay log. u8 choices: bit 0 its checksums are right, bit 1 a later segment
// follows; u8 how many records that one's first is ahead; the file.

#include <cstring>

#include "common/core/check.hpp"
#include "replay/log/segment_format.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/peak_memory.hpp"
#include "tests/fuzz/repair.hpp"

namespace dyna::fuzz {
namespace {

/// Records are given out as they lie in the file.
constexpr MemoryBound kBound = {.fixed_bytes = 1024, .per_byte = 0};

}  // namespace

void RunSegment(ByteView bytes) {
  Input input(bytes);
  const std::uint8_t choices = input.Choice();
  const std::uint8_t ahead = input.Choice();
  const ByteView rest = input.Rest();
  const Bytes file = (choices & 1U) != 0 ? RepairedSegment(rest) : Bytes(rest.begin(), rest.end());
  const auto header =
      Bounded(kBound, file.size(), [&] { return replay::DecodeSegmentHeader(file); });
  if (!header.ok()) return;
  Bytes again;
  replay::EncodeSegmentHeader(header.value(), again);
  std::optional<std::uint64_t> until;
  if ((choices & 2U) != 0) until = header.value().first_sequence + ahead;
  std::uint64_t next = header.value().first_sequence;
  const std::uint64_t first = next;
  const auto count = [&](std::uint64_t sequence, ByteView payload) {
    DYNA_CHECK(sequence == next && (!until || sequence < *until));
    DYNA_CHECK(payload.data() >= file.data() &&
               payload.data() + payload.size() <= file.data() + file.size());
    ++next;
  };
  const auto scan = Bounded(
      kBound, file.size(), [&] { return replay::ScanSegment(file, header.value(), until, count); });
  DYNA_CHECK(scan.next_sequence == next && scan.end + scan.rest == file.size());
  replay::ScanSegment(file, {.first_sequence = first}, next,
                      [&](std::uint64_t sequence, ByteView payload) {
                        // The word before the payload: how many records are before it in its group.
                        std::uint32_t grouped = 0;
                        std::memcpy(&grouped, payload.data() - sizeof grouped, sizeof grouped);
                        replay::EncodeRecord(sequence, grouped, payload, again);
                      });
  DYNA_CHECK(again.size() == scan.end && std::equal(again.begin(), again.end(), file.begin()));
}

}  // namespace dyna::fuzz
