#include "common/checkpoint/state_codec.hpp"
#include "common/core/rng.hpp"
#include "common/wire/messages_replay.hpp"
#include "common/wire/rows_codec.hpp"
#include "replay/log/segment_format.hpp"
#include "tests/common/wire/wire_testing.hpp"
#include "tests/fuzz/seed_writer.hpp"
#include "tests/fuzz/seeds.hpp"

namespace dyna::fuzz {
namespace {

constexpr std::uint8_t kSalvage = 1;
constexpr std::uint8_t kRepaired = 2;

/// Of a shard's log; replay/service/shard_log.cpp.
std::uint64_t Schema() { return StreamSeed(wire::kProtocol, "shard log"); }

/// A message as a shard logs it: u32 bytes of the head, head, payload.
Bytes Record(std::uint64_t first_seq) {
  const TransitionBatch rows = wire::CountingRows(1, {.obs_columns = 1, .action_columns = 1});
  const wire::Bytes payload = wire::EncodeRows(rows);
  const wire::Append append = {
      .table = "real", .producer = 1, .epoch = 2, .first_seq = first_seq, .rows = 1};
  const wire::Bytes head = wire::HeadOf(append, 0, payload);
  return SeedWriter()
      .Number(static_cast<std::uint32_t>(head.size()))
      .Add(head)
      .Add(payload)
      .bytes();
}

Bytes Segment(std::uint64_t number, std::uint64_t first, std::uint64_t records) {
  Bytes bytes;
  replay::EncodeSegmentHeader({.schema = Schema(), .number = number, .first_sequence = first},
                              bytes);
  for (std::uint64_t i = first; i < first + records; ++i) {
    replay::EncodeRecord(i, 0, Record(i), bytes);
  }
  return bytes;
}

void AddFile(SeedWriter& to, bool snapshot, unsigned number, ByteView bytes) {
  to.Choice(static_cast<std::uint8_t>((snapshot ? 1U : 0U) | (number << 1U))).Sized(bytes);
}

}  // namespace

void MakeLogSeeds(const TakeSeed& take) {
  const Bytes first = Segment(0, 0, 2);
  const Bytes second = Segment(1, 2, 1);
  take("segment", "header", SeedWriter().Choice(0).Choice(0).Add(Segment(3, 5, 0)).bytes());
  take("segment", "two_records", SeedWriter().Choice(0).Choice(0).Add(first).bytes());
  take("segment", "two_records_repaired", SeedWriter().Choice(1).Choice(0).Add(first).bytes());
  take("segment", "followed", SeedWriter().Choice(2).Choice(2).Add(first).bytes());
  Bytes damaged = first;
  damaged[replay::kSegmentHeaderBytes + 20] ^= std::byte{1};
  take("segment", "damaged", SeedWriter().Choice(0).Choice(0).Add(damaged).bytes());

  StateDict state;
  state.PutString("environment", "none");
  const Bytes snapshot = EncodeState(state);
  for (const std::uint8_t choices : {std::uint8_t{0}, kSalvage}) {
    const std::string suffix = choices == 0 ? "" : "_salvage";
    SeedWriter whole;
    whole.Choice(choices);
    AddFile(whole, true, 2, snapshot);
    AddFile(whole, false, 0, first);
    AddFile(whole, false, 1, second);
    take("shard_log", "whole" + suffix, whole.bytes());
    SeedWriter broken;
    broken.Choice(choices);
    AddFile(broken, false, 0, damaged);
    AddFile(broken, false, 1, ByteView(second).first(second.size() - 3));
    take("shard_log", "damaged" + suffix, broken.bytes());
  }
  SeedWriter repaired;
  repaired.Choice(kRepaired);
  AddFile(repaired, true, 1, ByteView(snapshot).subspan(24));
  AddFile(repaired, false, 0, first);
  take("shard_log", "repaired", repaired.bytes());
}

}  // namespace dyna::fuzz
