#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/core/error.hpp"

// A segment is one file of a log. All numbers are little-endian.
//
//   header   bytes "DYNASEG\n"; u32 format; u32 CRC-32C of the 24 bytes that follow;
//            u64 schema hash; u64 number of the segment; u64 sequence of its first record
//   records  u32 bytes of the payload; u32 CRC-32C of all that follows; u64 sequence;
//            u32 how many records before it are of the same group; payload
//
// Sequences count up by one. A group is written and synced as one: until then its pages may reach
// the disk in any order, so that after a loss of power a right record may follow a wrong one of the
// same group. Those are torn: no record of the group was acknowledged. But a record of a later
// group says that all before its group had been synced: a wrong record before it is damage.

namespace dyna::replay {

inline constexpr std::uint32_t kSegmentFormat = 2;
inline constexpr std::size_t kSegmentHeaderBytes = 40;
inline constexpr std::size_t kRecordHeaderBytes = 20;

struct SegmentHeader {
  std::uint64_t schema = 0;
  std::uint64_t number = 0;
  std::uint64_t first_sequence = 0;
  bool operator==(const SegmentHeader&) const = default;
};

void EncodeSegmentHeader(const SegmentHeader& header, std::vector<std::byte>& to);
/// kMalformed if it is none of ours or damaged, kVersionMismatch if of another format.
Result<SegmentHeader> DecodeSegmentHeader(std::span<const std::byte> file);

/// Appends one record; `grouped` records are before it in its group.
void EncodeRecord(std::uint64_t sequence, std::uint32_t grouped, std::span<const std::byte> payload,
                  std::vector<std::byte>& to);

/// What was found in a segment behind its header.
struct SegmentScan {
  std::uint64_t next_sequence = 0;  ///< after the last right record
  std::size_t end = 0;              ///< bytes of the file up to there
  std::size_t rest = 0;             ///< bytes behind it
  /// A record in the rest was written after next_sequence had been synced, which is lost.
  bool damaged = false;
};

/// Whether a record lies in `rest`, at any byte, that was written after record `sequence` had been
/// synced.
bool HoldsLaterGroup(std::span<const std::byte> rest, std::uint64_t sequence);

using EachRecord = std::function<void(std::uint64_t sequence, std::span<const std::byte> payload)>;

/// Reads records in order up to the first that is not right. `file` begins with a right header.
/// Records with a sequence of `until` or above belong to a later segment and are left out.
SegmentScan ScanSegment(std::span<const std::byte> file, const SegmentHeader& header,
                        std::optional<std::uint64_t> until, const EachRecord& each);

}  // namespace dyna::replay
