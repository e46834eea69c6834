#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

#include "common/core/error.hpp"
#include "common/core/mutex.hpp"
#include "replay/log/journal.hpp"

namespace dyna::replay {

/// A Journal with a thread of its own, so that whoever adds records never waits for the disk. What
/// is added while a sync is under way becomes the next group: one sync pays for all of it.
/// Otherwise a group begins with Commit(): whoever has more to add at once, adds it first.
///
/// Add(), durable() and the rest may be called from one other thread; a descriptor tells it when
/// there is news.
class LogWriter {
 public:
  struct Options {
    /// Records that wait or are being synced. More are refused: the disk is too slow or full.
    std::size_t waiting_bytes_max = std::size_t{64} << 20U;
    /// How long a group is gathered before it is synced; 0: a sync begins as soon as the last one
    /// has ended, which gathers best under load and waits least without.
    std::chrono::milliseconds gather{0};
    /// Between two tries on a disk that refuses.
    std::chrono::milliseconds retry{200};
  };
  LogWriter(Journal journal, const Options& options);
  /// Commits what was added, in one last try.
  ~LogWriter();
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  /// kBackpressure when too much waits to take a record of so many bytes, with the disk's reason
  /// if it has one.
  Status RoomFor(std::size_t bytes) const;
  /// The record's sequence. Ask RoomFor() first: Add() takes everything.
  std::uint64_t Add(std::vector<std::byte> record);
  /// What was added is to reach the disk; nothing if that is under way already.
  void Commit();
  /// All records below are on the disk.
  std::uint64_t durable() const noexcept { return durable_.load(std::memory_order_acquire); }
  std::uint64_t next_sequence() const noexcept { return next_; }
  std::size_t waiting_bytes() const noexcept { return waiting_bytes_.load(); }
  /// Why the last commit failed; nothing if it did not.
  std::optional<Error> trouble() const;

  struct SnapshotOrder {
    std::filesystem::path path = {};
    std::vector<std::byte> bytes = {};
    /// What the records below have led to. They are made durable first: a log that ended before
    /// its snapshot would give their numbers to others.
    std::uint64_t covers = 0;
    std::uint64_t free_below = 0;  ///< records that are not needed any more
  };
  /// Writes the snapshot as one step (WriteFileAtomically) and then frees segments. Tries until it
  /// succeeds; ask for the next one when snapshots() has grown.
  void Snapshot(SnapshotOrder order);
  /// Written in this life.
  std::uint64_t snapshots() const noexcept { return snapshots_.load(std::memory_order_acquire); }

  /// Readable when durable(), trouble() or snapshots() have changed; ClearNews() makes it
  /// unreadable.
  int news_fd() const noexcept { return news_fd_; }
  void ClearNews() const;
  /// How long each sync since the last call took, in seconds.
  std::vector<double> TakeSyncSeconds();

 private:
  void Work();
  bool CommitGroup();
  /// True if there is none to be taken any more.
  bool TakeSnapshot();
  void Tell() const;

  Options options_;
  Journal journal_;  ///< the thread's own, once it runs
  std::uint64_t next_;
  std::uint64_t asked_;  ///< to commit what is below
  std::atomic<std::uint64_t> durable_;
  std::atomic<std::uint64_t> snapshots_ = 0;
  std::atomic<std::size_t> waiting_bytes_ = 0;
  std::atomic<bool> stopping_ = false;
  std::counting_semaphore<> work_{0};
  int news_fd_;

  mutable Mutex mutex_;
  std::vector<std::vector<std::byte>> waiting_ DYNA_GUARDED_BY(mutex_);
  std::optional<SnapshotOrder> order_ DYNA_GUARDED_BY(mutex_);
  std::optional<Error> trouble_ DYNA_GUARDED_BY(mutex_);
  std::vector<double> sync_seconds_ DYNA_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace dyna::replay
