// The folder of a durable shard: segments and snapshots, opened as after a crash.
//   u8 choices: bit 0 salvage, bit 1 checksums are right; then files:
//   u8 kind: bit 0 snapshot, bits 1 to 3 its number; u16 bytes; the bytes

#include "replay/service/shard_log.hpp"

#include <cstdio>
#include <fstream>

#include "common/core/check.hpp"
#include "common/core/error.hpp"
#include "common/wire/messages_replay.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/peak_memory.hpp"
#include "tests/fuzz/repair.hpp"
#include "tests/support/temporary_folder.hpp"

namespace dyna::fuzz {
namespace {

namespace fs = std::filesystem;

/// A whole file at a time, and a snapshot as entries of a map; paths, a directory's buffer of
/// 32 KiB, the streams' buffers and a thread.
constexpr MemoryBound kBound = {.fixed_bytes = 256 << 10U, .per_byte = 16};

/// The folder is one for the life of the process.
void Empty(const fs::path& folder) {
  for (const auto& entry : fs::directory_iterator(folder)) fs::remove(entry.path());
}

void WriteFiles(const fs::path& folder, Input& input, bool repaired) {
  while (!input.empty()) {
    const std::uint8_t kind = input.Choice();
    const unsigned number = (kind >> 1U) & 7U;
    const bool snapshot = (kind & 1U) != 0;
    const ByteView raw = input.Take(input.Number<std::uint16_t>());
    Bytes bytes(raw.begin(), raw.end());
    if (repaired) bytes = snapshot ? StateOf(raw) : RepairedSegment(raw);
    char name[48];
    std::snprintf(name, sizeof name, snapshot ? "snapshot-%012u.state" : "%012u.seg", number);
    std::ofstream(folder / name, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  }
}

/// What a life finds: how many messages, and of them a fingerprint.
struct Found {
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
  bool operator==(const Found&) const = default;
};

std::unique_ptr<replay::ShardLog> Open(const fs::path& folder, bool salvage, Found& found) {
  const replay::ShardLog::Options options = {.folder = folder, .salvage = salvage};
  return std::make_unique<replay::ShardLog>(
      options, replay::ShardLog::Restore{.snapshot = [](const StateDict& /*state*/) {},
                                         .message =
                                             [&](const wire::Frames& frames) {
                                               ++found.messages;
                                               found.bytes += frames.header.size();
                                               found.bytes += frames.payload.size();
                                             }});
}

}  // namespace

void RunShardLog(ByteView bytes) {
  static const testing_support::TemporaryFolder kFolder;
  Empty(kFolder.path());
  Input input(bytes);
  const std::uint8_t choices = input.Choice();
  const bool salvage = (choices & 1U) != 0;
  WriteFiles(kFolder.path(), input, (choices & 2U) != 0);
  Found found;
  std::uint64_t next = 0;
  try {
    const auto log =
        Bounded(kBound, bytes.size(), [&] { return Open(kFolder.path(), salvage, found); });
    next = log->next_number();
    DYNA_CHECK(log->Add(wire::EvictStale{.table = "real", .version_min = 1}) == next);
  } catch (const OperatorError&) {
    return;
  }
  // What was accepted once is accepted again, with what was added; cut-off tails are gone.
  Found later;
  const auto log = Open(kFolder.path(), salvage, later);
  DYNA_CHECK_MSG(later.messages == found.messages + 1,
                 later.messages << " after " << found.messages);
  DYNA_CHECK(log->next_number() == next + 1);
}

}  // namespace dyna::fuzz
