// What a Journal finds in its folder: which records are right, which never counted, which are lost.

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string_view>
#include <utility>

#include "common/checkpoint/atomic_file.hpp"
#include "replay/log/journal.hpp"

namespace dyna::replay {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSuffix = ".seg";
/// More than any log reaches, and its names still sort as its numbers do.
constexpr std::uint64_t kNumberMax = 900'000'000'000;

std::vector<std::byte> ReadWhole(const fs::path& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  std::vector<std::byte> bytes(file ? static_cast<std::size_t>(file.tellg()) : 0);
  file.seekg(0);
  file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!file) throw OperatorError("cannot read '" + path.string() + "'");
  return bytes;
}

std::vector<std::byte> ReadHead(const fs::path& path) {
  std::vector<std::byte> head(kSegmentHeaderBytes);
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(head.data()), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(file.gcount()));
  return head;
}

/// Whether a header was begun and did not reach the disk. Not so: somebody else's file.
bool Unwritten(const fs::path& path) {
  static constexpr std::string_view kFront = "DYNASEG\n";
  const auto head = ReadHead(path);
  const bool blank =
      std::all_of(head.begin(), head.end(), [](std::byte byte) { return byte == std::byte{0}; });
  const std::size_t front = std::min(head.size(), kFront.size());
  const bool cut =
      head.size() < kSegmentHeaderBytes && std::memcmp(head.data(), kFront.data(), front) == 0;
  return blank || cut;
}

std::vector<fs::path> SegmentFiles(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == kSuffix) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// As its name tells; 0 if it tells none of ours.
std::uint64_t NumberOf(const fs::path& path) {
  const std::uint64_t number = std::strtoull(path.stem().c_str(), nullptr, 10);
  return number < kNumberMax ? number : 0;
}

}  // namespace

void Journal::Recover(const EachRecord& each) {
  std::vector<Unreadable> unreadable;
  const auto found = FindSegments(unreadable);
  if (!found.empty()) next_ = found.front().header.first_sequence;
  ReadSegments(found, unreadable, each);
  for (const Unreadable& file : unreadable) {
    Judge(file, found);
    if (fs::exists(file.path)) number_ = std::max(number_, NumberOf(file.path) + 1);
  }
  SyncWhatWasFound(found);
}

/// New segments are numbered behind the greatest: a name that lies would put one before others.
void Journal::RequireInPlace(const fs::path& path, const SegmentHeader& header,
                             const std::vector<Segment>& before) const {
  if (path.filename() != PathOf(header.number).filename()) {
    throw OperatorError("'" + path.string() + "' is segment " + std::to_string(header.number) +
                        " under another name");
  }
  if (!before.empty() && header.first_sequence < before.back().header.first_sequence) {
    throw OperatorError("'" + path.string() + "' begins with record " +
                        std::to_string(header.first_sequence) +
                        ", before the segment that its name follows");
  }
}

std::vector<Journal::Segment> Journal::FindSegments(std::vector<Unreadable>& unreadable) {
  std::vector<Segment> found;
  for (const fs::path& path : SegmentFiles(options_.folder)) {
    const auto header = DecodeSegmentHeader(ReadHead(path));
    if (!header.ok() && header.error().code == ErrorCode::kMalformed) {
      unreadable.push_back({.path = path, .before = found.size(), .error = header.error()});
      continue;
    }
    if (!header.ok()) throw OperatorError("'" + path.string() + "': " + header.error().message);
    if (header.value().schema != options_.schema) {
      throw OperatorError("'" + path.string() +
                          "' holds rows of another shape than this run's; choose another folder "
                          "or remove it");
    }
    RequireInPlace(path, header.value(), found);
    found.push_back({.path = path, .header = header.value()});
    number_ = std::max(number_, header.value().number + 1);
  }
  return found;
}

void Journal::ReadSegments(const std::vector<Segment>& found,
                           const std::vector<Unreadable>& unreadable, const EachRecord& each) {
  for (std::size_t i = 0; i < found.size(); ++i) {
    Segment segment = found[i];
    std::optional<std::uint64_t> until;
    if (i + 1 < found.size()) until = found[i + 1].header.first_sequence;
    const auto file = ReadWhole(segment.path);
    const SegmentScan scan =
        ScanSegment(file, segment.header, until,
                    [&](std::uint64_t sequence, std::span<const std::byte> payload) {
                      each(sequence, payload);
                      ++recovery_.records;
                    });
    segment.end = scan.next_sequence;
    std::string behind;
    for (const Unreadable& other : unreadable) {
      if (other.before == i + 1) {
        behind += "; '" + other.path.string() + "' behind it is none: " + other.error.message;
      }
    }
    Report(segment, scan, until, behind);
    next_ = until.value_or(scan.next_sequence);
    segments_.push_back(std::move(segment));
  }
}

void Journal::Report(const Segment& segment, const SegmentScan& scan,
                     std::optional<std::uint64_t> until, const std::string& behind) {
  if (until && *until <= options_.needed_from) return;
  const bool missing = until && scan.next_sequence < *until;
  if (!missing && !scan.damaged) {
    if (!until) recovery_.torn_bytes += scan.rest;
    return;
  }
  Damaged("'" + segment.path.string() + "' is damaged at byte " + std::to_string(scan.end) +
          ", record " + std::to_string(scan.next_sequence) +
          (until ? "; records up to " + std::to_string(*until) + " are lost"
                 : "; right records follow that cannot be used") +
          behind);
  if (until) recovery_.lost += *until - scan.next_sequence;
}

/// A segment is begun when all before it is synced, and its header is synced with its first group.
/// A header that is not right therefore belongs to a segment that holds nothing acknowledged,
/// unless the segments around it or the records in it tell otherwise.
void Journal::Judge(const Unreadable& file, const std::vector<Segment>& found) {
  const bool first = file.before == 0;
  const bool last = file.before == found.size();
  // Records that are missing before the first right one are seen by who needs them.
  if (first && !last && !Unwritten(file.path))
    return Damaged("'" + file.path.string() + "': " + file.error.message);
  // Between two right ones, a record that is missing was reported with the one before it.
  if (last && HoldsLaterGroup(ReadWhole(file.path), std::max(next_, options_.needed_from))) {
    return Damaged("'" + file.path.string() + "' is damaged at byte 0 (" + file.error.message +
                   ") and holds records that cannot be used");
  }
  if (!last && !recovery_.damage.empty()) return;  // a part of it, perhaps: left as it is
  recovery_.torn_bytes += fs::file_size(file.path);
  fs::remove(file.path);
}

void Journal::Damaged(const std::string& what) {
  if (!options_.salvage) {
    throw OperatorError(what +
                        ". Restore the file from a backup, or go on without those rows: "
                        "replay.salvage = true");
  }
  recovery_.damage.push_back(what);
}

/// What was found may be in the kernel's memory only: written by a process that died before it had
/// synced it. It counts as durable from now on, so it is made so. All segments but the last were
/// synced before the one behind them was begun.
void Journal::SyncWhatWasFound(const std::vector<Segment>& found) const {
  if (!found.empty()) SyncFile(found.back().path);
  if (Status synced = SyncFolder(options_.folder); !synced.ok()) {
    throw OperatorError(synced.error().message);
  }
}

}  // namespace dyna::replay
