#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include "common/config/config.hpp"
#include "common/core/state_dict.hpp"
#include "common/net/socket_io.hpp"
#include "common/wire/message_codec.hpp"
#include "replay/log/folder_lock.hpp"
#include "replay/log/log_writer.hpp"

namespace dyna::replay {

/// What a shard keeps on the disk: the messages that changed its durable tables, as they came over
/// the network, and now and then a snapshot of those tables, so that the log does not grow for
/// ever. A shard that starts again reads the newest snapshot and the messages behind it.
class ShardLog : public net::Pollable {
 public:
  struct Options {
    std::filesystem::path folder = {};  ///< empty: nothing is kept
    std::set<std::string> tables = {};  ///< whose rows are acknowledged when they are on the disk
    std::size_t snapshot_bytes = std::size_t{256} << 20U;  ///< of the log between two snapshots
    std::size_t segment_bytes = std::size_t{64} << 20U;    ///< of one file of the log
    bool salvage = false;
    LogWriter::Options writer = {};

    /// Reads replay.folder, replay.durable, replay.snapshot_mib, replay.segment_mib,
    /// replay.log_mib, replay.gather_ms and replay.salvage. ConfigError.
    static Options From(Config& config);
  };
  /// What is on the disk, given to the shard in order.
  struct Restore {
    std::function<void(const StateDict& state)> snapshot = {};
    std::function<void(const wire::Frames& message)> message = {};
  };
  struct Recovered {
    std::uint64_t messages = 0;  ///< behind the snapshot
    std::uint64_t torn_bytes = 0;
    std::vector<std::string> damage = {};
    bool snapshot = false;
  };

  /// Opens the folder and restores. OperatorError naming the file if something in it is of another
  /// kind, or damaged and not to be salvaged, or if another process has the folder.
  ShardLog(Options options, const Restore& restore);

  bool keeps(const std::string& table) const { return options_.tables.contains(table); }
  const Recovered& recovered() const noexcept { return recovered_; }

  /// Whether a message with such a payload can be taken now: kBackpressure when the disk does not
  /// keep up.
  Status RoomFor(wire::ByteView payload) const { return writer_->RoomFor(payload.size()); }
  /// Takes a message; its number.
  template <class M>
  std::uint64_t Add(const M& message, wire::ByteView payload = {}) {
    wire::EncodeHead(message, 0, payload, head_);
    return AddFrames(payload);
  }
  /// What was taken is to reach the disk.
  void Commit() { writer_->Commit(); }
  /// Messages below are on the disk.
  std::uint64_t durable() const noexcept { return writer_->durable(); }
  std::uint64_t next_number() const noexcept { return writer_->next_sequence(); }
  LogWriter& writer() noexcept { return *writer_; }

  /// Enough has been logged since the last snapshot, and none is under way.
  bool SnapshotDue() const noexcept;
  /// `state` is what all messages taken so far have led to.
  void Snapshot(const StateDict& state);

  /// Readable when durable() may have changed.
  void AddTo(std::vector<zmq_pollitem_t>& items) const override;

 private:
  std::uint64_t AddFrames(wire::ByteView payload);
  std::filesystem::path SnapshotPath(std::uint64_t number) const;
  std::uint64_t RestoreSnapshot(const Restore& restore);
  void RestoreMessage(std::uint64_t number, std::span<const std::byte> record,
                      const Restore& restore) const;

  Options options_;
  FolderLock lock_;
  Recovered recovered_;
  std::unique_ptr<LogWriter> writer_;
  wire::Bytes head_;
  std::size_t logged_bytes_ = 0;       ///< since the last snapshot
  std::uint64_t newest_ = 0;           ///< number of the newest snapshot on the disk
  std::uint64_t asked_ = 0;            ///< of the one asked for last
  std::uint64_t snapshots_asked_ = 0;  ///< in this life
};

}  // namespace dyna::replay
