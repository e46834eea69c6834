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
//   records  u32 bytes of the payload; u32 CRC-32C of sequence and payload; u64 sequence; payload
//
// Sequences count up by one. A record that is cut off or wrong at the end of the last segment was
// never acknowledged: it is torn. A wrong record with a right one after it is damage.

namespace dyna::replay {

inline constexpr std::uint32_t kSegmentFormat = 1;
inline constexpr std::size_t kSegmentHeaderBytes = 40;
inline constexpr std::size_t kRecordHeaderBytes = 16;

struct SegmentHeader {
  std::uint64_t schema = 0;
  std::uint64_t number = 0;
  std::uint64_t first_sequence = 0;
  bool operator==(const SegmentHeader&) const = default;
};

void EncodeSegmentHeader(const SegmentHeader& header, std::vector<std::byte>& to);
/// kMalformed if it is none of ours or damaged, kVersionMismatch if of another format.
Result<SegmentHeader> DecodeSegmentHeader(std::span<const std::byte> file);

/// Appends one record.
void EncodeRecord(std::uint64_t sequence, std::span<const std::byte> payload,
                  std::vector<std::byte>& to);

/// What was found in a segment behind its header.
struct SegmentScan {
  std::uint64_t next_sequence = 0;  ///< after the last right record
  std::size_t end = 0;              ///< bytes of the file up to there
  std::size_t rest = 0;             ///< bytes behind it
  /// A right record lies in the rest: what is before it was lost after it had been written.
  bool damaged = false;
};

using EachRecord = std::function<void(std::uint64_t sequence, std::span<const std::byte> payload)>;

/// Reads records in order up to the first that is not right. `file` begins with a right header.
/// Records with a sequence of `until` or above belong to a later segment and are left out.
SegmentScan ScanSegment(std::span<const std::byte> file, const SegmentHeader& header,
                        std::optional<std::uint64_t> until, const EachRecord& each);

}  // namespace dyna::replay
