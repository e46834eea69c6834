#include "replay/log/log_writer.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "common/checkpoint/atomic_file.hpp"

namespace dyna::replay {
namespace {

using std::chrono::steady_clock;

/// Of a run in which nobody takes them.
constexpr std::size_t kSyncSecondsMax = 4096;

}  // namespace

LogWriter::LogWriter(Journal journal, const Options& options)
    : options_(options),
      journal_(std::move(journal)),
      next_(journal_.next_sequence()),
      asked_(next_),
      durable_(journal_.durable()),
      news_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (news_fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  thread_ = std::thread([this] { Work(); });
}

LogWriter::~LogWriter() {
  stopping_ = true;
  work_.release();
  thread_.join();
  ::close(news_fd_);
}

Status LogWriter::RoomFor(std::size_t bytes) const {
  const std::size_t waiting = waiting_bytes_.load();
  if (waiting == 0 || waiting + bytes <= options_.waiting_bytes_max) return Done{};
  const auto why = trouble();
  return Error{ErrorCode::kBackpressure, "the replay log: " + std::to_string(waiting) +
                                             " bytes wait for the disk" +
                                             (why ? ", which refuses: " + why->message : "")};
}

std::uint64_t LogWriter::Add(std::vector<std::byte> record) {
  waiting_bytes_ += record.size() + kRecordHeaderBytes;
  {
    const MutexLock lock(mutex_);
    waiting_.push_back(std::move(record));
  }
  return next_++;
}

void LogWriter::Commit() {
  if (asked_ == next_) return;
  asked_ = next_;
  work_.release();
}

std::optional<Error> LogWriter::trouble() const {
  const MutexLock lock(mutex_);
  return trouble_;
}

void LogWriter::Snapshot(SnapshotOrder order) {
  {
    const MutexLock lock(mutex_);
    order_ = std::move(order);
  }
  work_.release();
}

void LogWriter::ClearNews() const {
  std::uint64_t count = 0;
  (void)!::read(news_fd_, &count, sizeof count);
}

void LogWriter::Tell() const {
  const std::uint64_t one = 1;
  (void)!::write(news_fd_, &one, sizeof one);
}

std::vector<double> LogWriter::TakeSyncSeconds() {
  const MutexLock lock(mutex_);
  return std::exchange(sync_seconds_, {});
}

void LogWriter::Work() {
  bool done = true;
  while (true) {
    if (!done) {
      (void)work_.try_acquire_for(options_.retry);
    } else {
      work_.acquire();
    }
    if (!stopping_ && options_.gather.count() > 0) std::this_thread::sleep_for(options_.gather);
    while (work_.try_acquire()) {
    }
    const bool last = stopping_;
    done = CommitGroup() && TakeSnapshot();
    if (last) return;
  }
}

bool LogWriter::CommitGroup() {
  std::vector<std::vector<std::byte>> group;
  {
    const MutexLock lock(mutex_);
    group.swap(waiting_);
  }
  for (const auto& record : group) (void)journal_.Add(record);
  group.clear();
  const std::size_t bytes = journal_.pending_bytes();
  if (bytes == 0) return true;
  const auto begin = steady_clock::now();
  const Status committed = journal_.Commit();
  const std::chrono::duration<double> took = steady_clock::now() - begin;
  {
    const MutexLock lock(mutex_);
    trouble_ = committed.ok() ? std::nullopt : std::optional(committed.error());
    if (sync_seconds_.size() < kSyncSecondsMax) sync_seconds_.push_back(took.count());
  }
  if (committed.ok()) {
    waiting_bytes_ -= bytes;
    durable_.store(journal_.durable(), std::memory_order_release);
  }
  Tell();
  return committed.ok();
}

bool LogWriter::TakeSnapshot() {
  std::optional<SnapshotOrder> order;
  {
    const MutexLock lock(mutex_);
    if (order_ && order_->covers <= journal_.durable()) order.swap(order_);
  }
  if (!order) return true;
  std::optional<Error> trouble;
  bool written = false;
  try {
    WriteFileAtomically(order->path, order->bytes);
    written = true;
    snapshots_.fetch_add(1, std::memory_order_release);
    if (Status freed = journal_.FreeBelow(order->free_below); !freed.ok()) {
      trouble = freed.error();
    }
  } catch (const OperatorError& error) {
    trouble = Error{ErrorCode::kBackpressure, error.what()};
  }
  {
    const MutexLock lock(mutex_);
    trouble_ = trouble;
    if (!written && !order_) order_ = std::move(order);
  }
  Tell();
  return written;
}

}  // namespace dyna::replay
