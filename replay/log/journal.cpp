#include "replay/log/journal.hpp"

#include <algorithm>
#include <cstdio>
#include <system_error>
#include <utility>

namespace dyna::replay {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSuffix = ".seg";

}  // namespace

Journal::Journal(Options options, const EachRecord& each) : options_(std::move(options)) {
  std::error_code error;
  fs::create_directories(options_.folder, error);
  if (error) {
    throw OperatorError("cannot create '" + options_.folder.string() + "': " + error.message());
  }
  Recover(each);
  next_ = std::max(next_, options_.needed_from);
  durable_ = next_;
}

fs::path Journal::PathOf(std::uint64_t number) const {
  char name[32];
  std::snprintf(name, sizeof name, "%012llu%s", static_cast<unsigned long long>(number), kSuffix);
  return options_.folder / name;
}

std::uint64_t Journal::Add(std::span<const std::byte> payload) {
  EncodeRecord(next_, static_cast<std::uint32_t>(next_ - durable_), payload, pending_);
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
