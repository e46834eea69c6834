#include "replay/log/journal.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <system_error>
#include <utility>

namespace dyna::replay {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSuffix = ".seg";

std::vector<std::byte> ReadWhole(const fs::path& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  std::vector<std::byte> bytes(file ? static_cast<std::size_t>(file.tellg()) : 0);
  file.seekg(0);
  file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!file) throw OperatorError("cannot read '" + path.string() + "'");
  return bytes;
}

}  // namespace

Journal::Journal(Options options, const EachRecord& each) : options_(std::move(options)) {
  std::error_code error;
  fs::create_directories(options_.folder, error);
  if (error) {
    throw OperatorError("cannot create '" + options_.folder.string() + "': " + error.message());
  }
  auto found = FindSegments();
  Recover(found, each);
  next_ = std::max(next_, options_.needed_from);
  durable_ = next_;
}

fs::path Journal::PathOf(std::uint64_t number) const {
  char name[32];
  std::snprintf(name, sizeof name, "%012llu%s", static_cast<unsigned long long>(number), kSuffix);
  return options_.folder / name;
}

std::vector<Journal::Segment> Journal::FindSegments() const {
  std::vector<Segment> found;
  for (const auto& entry : fs::directory_iterator(options_.folder)) {
    if (entry.path().extension() == kSuffix) found.push_back({.path = entry.path()});
  }
  std::sort(found.begin(), found.end(),
            [](const Segment& a, const Segment& b) { return a.path < b.path; });
  return found;
}

void Journal::Recover(std::vector<Segment>& found, const EachRecord& each) {
  std::vector<std::vector<std::byte>> files;
  // A segment whose header did not reach the disk holds nothing that was acknowledged. It can only
  // be the last one: the next is begun when it has been synced.
  for (std::size_t i = 0; i < found.size(); ++i) {
    std::vector<std::byte> head(kSegmentHeaderBytes);
    std::ifstream file(found[i].path, std::ios::binary);
    file.read(reinterpret_cast<char*>(head.data()), static_cast<std::streamsize>(head.size()));
    head.resize(static_cast<std::size_t>(file.gcount()));
    const auto header = DecodeSegmentHeader(head);
    if (!header.ok()) {
      const bool last = i + 1 == found.size();
      if (last && header.error().code == ErrorCode::kMalformed) {
        recovery_.torn_bytes += fs::file_size(found[i].path);
        fs::remove(found[i].path);
        found.pop_back();
        break;
      }
      throw OperatorError("'" + found[i].path.string() + "': " + header.error().message);
    }
    if (header.value().schema != options_.schema) {
      throw OperatorError("'" + found[i].path.string() +
                          "' holds rows of another shape than this run's; choose another folder "
                          "or remove it");
    }
    // New segments are numbered behind the greatest: a name that lies would put one before others.
    if (found[i].path.filename() != PathOf(header.value().number).filename()) {
      throw OperatorError("'" + found[i].path.string() + "' is segment " +
                          std::to_string(header.value().number) + " under another name");
    }
    if (i > 0 && header.value().first_sequence < found[i - 1].header.first_sequence) {
      throw OperatorError("'" + found[i].path.string() + "' begins with record " +
                          std::to_string(header.value().first_sequence) +
                          ", before the segment that its name follows");
    }
    found[i].header = header.value();
    number_ = std::max(number_, header.value().number + 1);
  }
  if (!found.empty()) next_ = found.front().header.first_sequence;
  for (std::size_t i = 0; i < found.size(); ++i) {
    Segment& segment = found[i];
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
    Report(segment, scan, until);
    next_ = until.value_or(scan.next_sequence);
    segments_.push_back(segment);
  }
}

void Journal::Report(const Segment& segment, const SegmentScan& scan,
                     std::optional<std::uint64_t> until) {
  if (until && *until <= options_.needed_from) return;
  const bool missing = until && scan.next_sequence < *until;
  if (!missing && !scan.damaged) {
    if (!until) recovery_.torn_bytes += scan.rest;
    return;
  }
  const std::string what = "'" + segment.path.string() + "' is damaged at byte " +
                           std::to_string(scan.end) + ", record " +
                           std::to_string(scan.next_sequence) +
                           (until ? "; records up to " + std::to_string(*until) + " are lost"
                                  : "; right records follow that cannot be used");
  if (!options_.salvage) {
    throw OperatorError(what +
                        ". Restore the file from a backup, or go on without those rows: "
                        "replay.salvage = true");
  }
  recovery_.damage.push_back(what);
  if (until) recovery_.lost += *until - scan.next_sequence;
}

std::uint64_t Journal::Add(std::span<const std::byte> payload) {
  EncodeRecord(next_, payload, pending_);
  return next_++;
}

Status Journal::Open() {
  Segment segment{
      .path = PathOf(number_),
      .header = {.schema = options_.schema, .number = number_, .first_sequence = durable_}};
  auto file = options_.create(segment.path);
  // Even a name that was only half made is not used again.
  ++number_;
  if (!file.ok()) return file.error();
  std::vector<std::byte> header;
  EncodeSegmentHeader(segment.header, header);
  if (Status wrote = file.value()->Write(header); !wrote.ok()) {
    file.value().reset();
    std::error_code ignored;
    fs::remove(segment.path, ignored);
    return wrote;
  }
  file_ = std::move(file).value();
  current_ = std::move(segment);
  written_ = kSegmentHeaderBytes;
  return Done{};
}

Status Journal::Commit() {
  if (pending_.empty()) return Done{};
  if (file_ && written_ >= options_.segment_bytes) Abandon();
  if (!file_) {
    if (Status opened = Open(); !opened.ok()) return opened;
  }
  if (Status wrote = file_->Write(pending_); !wrote.ok()) {
    // A full disk: take back what was written of it, so that there is room and no torn middle.
    if (!file_->Truncate(written_).ok()) Abandon();
    return wrote;
  }
  if (Status synced = file_->Sync(); !synced.ok()) {
    Abandon();
    return synced;
  }
  written_ += pending_.size();
  pending_.clear();
  durable_ = next_;
  return Done{};
}

void Journal::Abandon() {
  file_.reset();
  current_.end = durable_;
  segments_.push_back(std::exchange(current_, {}));
}

Status Journal::FreeBelow(std::uint64_t sequence) {
  if (segments_.empty() || segments_.front().end > sequence) return Done{};
  while (!segments_.empty() && segments_.front().end <= sequence) {
    std::error_code error;
    fs::remove(segments_.front().path, error);
    if (error) {
      return Error{ErrorCode::kBackpressure,
                   "cannot remove '" + segments_.front().path.string() + "': " + error.message()};
    }
    segments_.pop_front();
  }
  return SyncFolder(options_.folder);
}

}  // namespace dyna::replay
