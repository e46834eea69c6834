#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/core/error.hpp"
#include "replay/log/append_file.hpp"
#include "replay/log/segment_format.hpp"

namespace dyna::replay {

/// An append-only log of records in a folder of segments (segment_format.hpp): what Commit() has
/// returned success for is there after the death of any process and of the machine (promise P1).
/// Single-threaded.
///
/// Records wait in memory until Commit() has synced them, so a disk that is full or that fails
/// loses nothing: the next Commit() tries again, in a new segment if the old one's state is unsure.
class Journal {
 public:
  struct Options {
    std::filesystem::path folder = {};
    std::uint64_t schema = 0;  ///< hash of what the payloads look like; another one is refused
    std::size_t segment_bytes = std::size_t{64} << 20U;  ///< begin another one after so many
    /// Records below are in a snapshot: it does no harm if they are missing, and new ones begin
    /// here at the least.
    std::uint64_t needed_from = 0;
    /// Go on without records that are damaged, and say how many, instead of refusing to.
    bool salvage = false;
    CreateFile create = CreatePosixFile;
  };
  /// What was found in the folder.
  struct Recovery {
    std::uint64_t records = 0;
    std::uint64_t torn_bytes = 0;          ///< never acknowledged, cut off
    std::uint64_t lost = 0;                ///< records that are damaged; only with `salvage`
    std::vector<std::string> damage = {};  ///< in words, with file and place
  };

  /// Opens the folder, or creates it, and gives every record to `each`, oldest first.
  /// OperatorError naming file and reason if it cannot be read, is of another schema or format, or
  /// is damaged.
  Journal(Options options, const EachRecord& each);

  const Recovery& recovery() const noexcept { return recovery_; }

  /// Takes a record that is to be durable with the next Commit(). Its sequence.
  std::uint64_t Add(std::span<const std::byte> payload);
  /// Writes and syncs all that was added. kBackpressure with the system's reason if that cannot be
  /// done now: nothing is lost, try again later.
  Status Commit();

  std::uint64_t next_sequence() const noexcept { return next_; }
  /// All below are durable.
  std::uint64_t durable() const noexcept { return durable_; }
  /// Of records that were added and are not durable.
  std::size_t pending_bytes() const noexcept { return pending_.size(); }
  std::size_t segments() const noexcept { return segments_.size() + (file_ ? 1 : 0); }

  /// Removes segments that hold nothing at or above `sequence`. Not the one being written.
  Status FreeBelow(std::uint64_t sequence);

 private:
  struct Segment {
    std::filesystem::path path = {};
    SegmentHeader header = {};
    std::uint64_t end = 0;  ///< sequence after its last record
  };

  std::filesystem::path PathOf(std::uint64_t number) const;
  /// A file whose header did not reach the disk, or is damaged.
  struct Unreadable {
    std::filesystem::path path = {};
    std::size_t before = 0;  ///< index of the segment behind it
    Error error;
  };
  void Recover(const EachRecord& each);
  void RequireInPlace(const std::filesystem::path& path, const SegmentHeader& header,
                      const std::vector<Segment>& before) const;
  std::vector<Segment> FindSegments(std::vector<Unreadable>& unreadable);
  void ReadSegments(const std::vector<Segment>& found, const std::vector<Unreadable>& unreadable,
                    const EachRecord& each);
  void Report(const Segment& segment, const SegmentScan& scan, std::optional<std::uint64_t> until,
              const std::string& behind);
  void Judge(const Unreadable& file, const std::vector<Segment>& found);
  void Damaged(const std::string& what);
  void SyncWhatWasFound(const std::vector<Segment>& found) const;
  Status Open();
  /// The file being written is left as it is: what follows goes into a new one.
  void Abandon();

  Options options_;
  Recovery recovery_;
  std::deque<Segment> segments_;  ///< closed ones, oldest first
  std::uint64_t number_ = 0;      ///< of the next segment
  std::uint64_t next_ = 0;
  std::uint64_t durable_ = 0;
  std::vector<std::byte> pending_;  ///< records [durable_, next_), encoded

  std::unique_ptr<AppendFile> file_;
  Segment current_ = {};
  std::uint64_t written_ = 0;  ///< bytes of the file that are synced
};

}  // namespace dyna::replay
