#include "replay/log/segment_format.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "common/core/crc32c.hpp"

namespace dyna::replay {
namespace {

constexpr std::array<char, 8> kMagic = {'D', 'Y', 'N', 'A', 'S', 'E', 'G', '\n'};
/// How far behind a wrong record a right one's sequence may be: bounds what damage is looked for.
constexpr std::uint64_t kSequencesAhead = std::uint64_t{1} << 32U;

/// Far from where numbers begin again at zero.
constexpr std::uint64_t kCountMax = std::uint64_t{1} << 62U;

template <class T>
void Put(T value, std::vector<std::byte>& to) {
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    to.push_back(static_cast<std::byte>((value >> (8 * i)) & 0xFFU));
  }
}

template <class T>
T Get(std::span<const std::byte> from, std::size_t at) {
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    value |= static_cast<T>(std::to_integer<T>(from[at + i]) << (8 * i));
  }
  return value;
}

struct Record {
  std::uint64_t group = 0;  ///< sequence of its group's first record
  std::span<const std::byte> payload = {};
};

/// The record at `at` if there is a right one.
std::optional<Record> RecordAt(std::span<const std::byte> file, std::size_t at, std::uint64_t low,
                               std::uint64_t high) {
  if (file.size() - at < kRecordHeaderBytes) return std::nullopt;
  const auto bytes = Get<std::uint32_t>(file, at);
  const auto sequence = Get<std::uint64_t>(file, at + 8);
  const bool fits = bytes <= file.size() - at - kRecordHeaderBytes;
  if (!fits || sequence < low || sequence > high) return std::nullopt;
  const auto covered = file.subspan(at + 8, 12 + std::size_t{bytes});
  if (Crc32c(covered) != Get<std::uint32_t>(file, at + 4)) return std::nullopt;
  return Record{.group = sequence - Get<std::uint32_t>(file, at + 16),
                .payload = covered.subspan(12)};
}

}  // namespace

void EncodeSegmentHeader(const SegmentHeader& header, std::vector<std::byte>& to) {
  std::vector<std::byte> fields;
  Put(header.schema, fields);
  Put(header.number, fields);
  Put(header.first_sequence, fields);
  for (const char c : kMagic) to.push_back(static_cast<std::byte>(c));
  Put(kSegmentFormat, to);
  Put(Crc32c(fields), to);
  to.insert(to.end(), fields.begin(), fields.end());
}

Result<SegmentHeader> DecodeSegmentHeader(std::span<const std::byte> file) {
  if (file.size() < kSegmentHeaderBytes ||
      std::memcmp(file.data(), kMagic.data(), kMagic.size()) != 0) {
    return Error{ErrorCode::kMalformed, "it is not a segment of a replay log"};
  }
  const auto format = Get<std::uint32_t>(file, 8);
  if (format != kSegmentFormat) {
    return Error{ErrorCode::kVersionMismatch, "it has format " + std::to_string(format) +
                                                  ", this program writes and reads format " +
                                                  std::to_string(kSegmentFormat)};
  }
  if (Crc32c(file.subspan(16, 24)) != Get<std::uint32_t>(file, 12)) {
    return Error{ErrorCode::kMalformed, "its header is damaged (CRC-32C)"};
  }
  const SegmentHeader header = {.schema = Get<std::uint64_t>(file, 16),
                                .number = Get<std::uint64_t>(file, 24),
                                .first_sequence = Get<std::uint64_t>(file, 32)};
  if (header.number > kCountMax || header.first_sequence > kCountMax) {
    return Error{ErrorCode::kMalformed, "its header has numbers that no log reaches"};
  }
  return header;
}

void EncodeRecord(std::uint64_t sequence, std::uint32_t grouped, std::span<const std::byte> payload,
                  std::vector<std::byte>& to) {
  Put(static_cast<std::uint32_t>(payload.size()), to);
  const std::size_t crc_at = to.size();
  Put(std::uint32_t{0}, to);
  Put(sequence, to);
  Put(grouped, to);
  to.insert(to.end(), payload.begin(), payload.end());
  std::vector<std::byte> crc;
  Put(Crc32c(std::span(to).subspan(crc_at + 4)), crc);
  std::copy(crc.begin(), crc.end(), to.begin() + static_cast<std::ptrdiff_t>(crc_at));
}

bool HoldsLaterGroup(std::span<const std::byte> rest, std::uint64_t sequence) {
  for (std::size_t at = 0; at + kRecordHeaderBytes <= rest.size(); ++at) {
    const auto record = RecordAt(rest, at, sequence, sequence + kSequencesAhead);
    if (record && record->group > sequence) return true;
  }
  return false;
}

SegmentScan ScanSegment(std::span<const std::byte> file, const SegmentHeader& header,
                        std::optional<std::uint64_t> until, const EachRecord& each) {
  SegmentScan scan{.next_sequence = header.first_sequence, .end = kSegmentHeaderBytes};
  while (!until || scan.next_sequence < *until) {
    const auto record = RecordAt(file, scan.end, scan.next_sequence, scan.next_sequence);
    if (!record) break;
    each(scan.next_sequence, record->payload);
    ++scan.next_sequence;
    scan.end += kRecordHeaderBytes + record->payload.size();
  }
  scan.rest = file.size() - scan.end;
  if (until && scan.next_sequence >= *until) return scan;  // a later segment has the rest
  scan.damaged = HoldsLaterGroup(file.subspan(scan.end), scan.next_sequence);
  return scan;
}

}  // namespace dyna::replay
